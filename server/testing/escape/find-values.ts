import { execa } from 'execa'
import type { BottleWorld } from './bottle-world.ts'
import { AGENT_USER, ROOT_USER } from './guest.ts'

type ByName<T> = Readonly<Record<string, T>>

/** @returns for each value that is in any of the texts, the names of those */
export function foundInText(texts: ByName<string>, values: ByName<string>): ByName<readonly string[]> {
  const found = Object.entries(values).map(([name, value]) => {
    const places = Object.entries(texts).flatMap(([place, text]) => (text.includes(value) ? [place] : []))
    return [name, places] as const
  })
  return Object.fromEntries(found.filter(([, places]) => places.length > 0))
}

/**
 * Everything that a bottle has and leaves is looked through for values: what the machine keeps of it, and in the bottle
 * every file, and of every process its environment and command line.
 *
 * @returns for each value that was found, by its name, the places
 */
export async function findValues(world: BottleWorld, values: ByName<string>): Promise<ByName<readonly string[]>> {
  const artefacts = {
    'the events of the launch': JSON.stringify(world.events),
    'the plan': JSON.stringify(world.plan),
    'the audit': JSON.stringify(world.told),
    ...(await world.artefacts()),
  }
  const found = new Map(Object.entries(foundInText(artefacts, values)).map(([name, places]) => [name, new Set(places)]))
  const wanted = Object.values(values).join('\n')
  // Told as `file:value`, one line for each.
  const inFiles = await execa('grep', ['-raoF', '-f', '-', world.home], { input: `${wanted}\n`, reject: false })
  const inBottle = await Promise.all(
    [ROOT_USER, AGENT_USER].map((user) =>
      world.run(['sh', '-c', SEARCH], { user, stdin: Buffer.from(`${wanted}\n.\n`) }),
    ),
  )
  const lines = [
    ...inFiles.stdout.split('\n').map((line) => line.replace(world.home, 'in the home: ')),
    ...inBottle.flatMap(({ stdout }) => stdout.split('\n').map((line) => line && `in the bottle: ${line}`)),
  ]
  for (const [name, value] of Object.entries(values)) {
    for (const line of lines) {
      if (!line.endsWith(`:${value}`)) continue
      const places = found.get(name) ?? new Set()
      found.set(name, places.add(line.slice(0, -value.length - 1)))
    }
  }
  return Object.fromEntries([...found].map(([name, places]) => [name, [...places]]))
}

/** The values come as lines up to a dot, so that they are on no command line of ours. */
const SEARCH = `
  wanted=$(mktemp /dev/shm/wanted-XXXXXX)
  while read -r it && [ "$it" != . ]; do printf '%s\\n' "$it" >> "$wanted"; done
  {
    for top in /* /.[!.]*; do
      case "$top" in /proc | /sys) ;; *) grep -raoFH -f "$wanted" --exclude='wanted-*' "$top" 2>/dev/null ;; esac
    done
    for pid in /proc/[0-9]*; do
      [ "$pid" = "/proc/$$" ] || grep -aoFH -f "$wanted" "$pid/environ" "$pid/cmdline" 2>/dev/null
    done
  } | sort -u
  rm "$wanted"`
