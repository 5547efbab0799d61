import type { FileProblem } from '../../contract/manifest.ts'
import type { BottleFile } from '../parse/bottle-file.ts'

/** Files of one launch, repeated ones counted: parents that share parents multiply. */
const MAX_FILES = 500

/** Finds a bottle file by its name: read, broken, or not there. */
export type BottleLookup = (
  name: string,
) => Promise<{ bottle: BottleFile } | { problems: readonly FileProblem[] } | null>

/** Where a name stands. Its line is looked up only for a problem: finding one parses the file again. */
export interface AskedAt {
  file: string
  path: string
  line?: () => number
}

/**
 * Puts the files of the chosen bottles into the order in which they are folded: each after its parents, parents from
 * left to right. A parent that is reached twice is folded twice, so that what is later always wins.
 *
 * @param names as chosen, in order
 * @param asked where the names stand, for the problem of a missing one
 */
export async function lineage(
  names: readonly string[],
  find: BottleLookup,
  asked: AskedAt,
): Promise<{ files: BottleFile[]; problems: FileProblem[] }> {
  const files: BottleFile[] = []
  const problems: FileProblem[] = []

  let visits = 0
  const visit = async (name: string, chain: readonly string[], from: AskedAt): Promise<void> => {
    const shown = [...chain, name].join(' → ')
    const problem = (message: string, fix: string): void => {
      const line = from.line?.()
      problems.push({ file: from.file, path: from.path, ...(line && { line }), message, fix, severity: 'error' })
    }
    if (++visits > MAX_FILES) {
      if (visits > MAX_FILES + 1) return
      return problem(
        `More than ${MAX_FILES} bottles are folded here, counting repeated ones.`,
        'Let bottles share fewer parents.',
      )
    }
    if (chain.at(-1) === name) return problem(`The bottle ${name} extends itself: ${shown}.`, 'Remove it from extends.')
    if (chain.includes(name)) {
      return problem(`The bottles extend each other in a circle: ${shown}.`, 'Remove one of these from extends.')
    }
    const found = await find(name)
    if (!found) {
      const via = chain.length > 0 ? ` (${shown})` : ''
      return problem(`There is no bottle named ${name}${via}.`, `Write bottles/${name}.md, or correct the name.`)
    }
    if ('problems' in found) return void problems.push(...found.problems)
    const { bottle } = found
    for (const parent of bottle.extends) {
      if (visits > MAX_FILES) return
      await visit(parent, [...chain, name], {
        file: bottle.file,
        line: () => bottle.lineOf(['extends']),
        path: 'extends',
      })
    }
    files.push(bottle)
  }

  for (const name of names) await visit(name, [], asked)
  return { files, problems: unique(problems) }
}

/** A broken parent reached on two ways is one problem. */
const unique = (problems: readonly FileProblem[]): FileProblem[] => [
  ...new Map(problems.map((each) => [`${each.file}:${each.line}:${each.path}:${each.message}`, each])).values(),
]
