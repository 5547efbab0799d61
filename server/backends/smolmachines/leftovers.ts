import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Leftover } from '../../contract/views.ts'
import { BadInputError } from '../../errors.ts'
import { artifactFolder } from './artifact.ts'
import { isAlive } from './process-mark.ts'
import { ownerIn } from './tidy.ts'
import type { SmolmachinesTools } from './tools.ts'

/** Artifacts of images: the newest is kept, the others can be made again. What is being made right now is no leftover. */
export async function leftovers({ cache }: Pick<SmolmachinesTools, 'cache'>): Promise<Leftover[]> {
  const folder = artifactFolder(cache)
  const names = await readdir(folder).catch(() => [])
  const files = await Promise.all(
    names.map(async (name) => ({ name, facts: await stat(path.join(folder, name)).catch(() => null) })),
  )
  const newestFirst = files
    .flatMap(({ name, facts }) => (facts?.isFile() ? [{ name, facts }] : []))
    .sort((a, b) => b.facts.mtimeMs - a.facts.mtimeMs)
  const newest = newestFirst.find(({ name }) => !isHalf(name))
  return newestFirst
    .filter((file) => file !== newest && !isBeingMade(file.name))
    .map(({ name, facts }) => ({
      id: `artifact:${name}`,
      kind: 'artifact',
      name: path.join(folder, name),
      slug: null,
      bytes: facts.size,
      createdAt: Math.round(facts.mtimeMs),
      why: isHalf(name)
        ? 'Making it was interrupted.'
        : 'A micro-VM’s copy of an image; it is made again when a launch needs it.',
    }))
}

const isHalf = (name: string): boolean => name.startsWith('.')

/** By a server that lives: its process is in the name. */
function isBeingMade(name: string): boolean {
  const owner = ownerIn(name)
  return owner !== null && isAlive(owner)
}

export async function removeLeftover({ kind, name }: Leftover, tools: Pick<SmolmachinesTools, 'cache'>): Promise<void> {
  const known = await leftovers(tools)
  if (kind !== 'artifact' || !known.some((each) => each.name === name))
    throw new BadInputError(
      `${name} is not something that the smolmachines backend left behind. List the leftovers again.`,
    )
  await rm(name, { force: true })
}
