import { createHash } from 'node:crypto'
import type { Dirent } from 'node:fs'
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'

export interface TokenDigest {
  name: string
  sha256: string
  length: number
}

const LARGEST_FILE = 1024 * 1024 // bytes
/** Other checks wait for answers meanwhile: one that is not heard in time would count as a refusal. */
const TURN_MS = 4

/**
 * Looks for tokens that are known by digest only: every run of characters that tokens are made of is hashed and compared.
 * @returns `name in place`, for each that was found
 */
export async function findTokens(
  tokens: readonly TokenDigest[],
  places: { folders: readonly string[]; proc: string; searchMs: number },
): Promise<string[]> {
  if (tokens.length === 0) return []
  const found = new Set<string>()
  const look = (place: string, text: string) => {
    for (const name of tokensIn(text, tokens)) found.add(`${name} in ${place}`)
  }
  let turnBegan = performance.now()
  const giveWay = async () => {
    if (performance.now() - turnBegan < TURN_MS) return
    await setImmediate()
    turnBegan = performance.now()
  }
  for (const pid of listed(places.proc).filter((name) => /^\d+$/.test(name))) {
    await giveWay()
    look('the environment of a process', read(path.join(places.proc, pid, 'environ')))
    look('a command line', read(path.join(places.proc, pid, 'cmdline')))
  }
  const until = cpuMs() + places.searchMs
  const folders = [...places.folders]
  for (let folder = folders.shift(); folder !== undefined && cpuMs() < until; folder = folders.shift()) {
    for (const entry of entries(folder)) {
      await giveWay()
      const file = path.join(folder, entry.name)
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules' && entry.name !== '.git') folders.push(file)
      } else if (entry.isFile() && sizeOf(file) <= LARGEST_FILE) look(file, read(file))
    }
  }
  return [...found]
}

export function tokensIn(text: string, tokens: readonly TokenDigest[]): string[] {
  const lengths = new Set(tokens.map(({ length }) => length))
  const digests = new Map(tokens.map(({ sha256, name }) => [sha256, name]))
  const found: string[] = []
  // Whole lines too: a token may hold characters that no run has.
  const candidates = [...(text.match(/[A-Za-z0-9._~+/=-]{8,}/g) ?? []), ...text.split(/[\0\r\n]/).flatMap(assignment)]
  for (const candidate of candidates) {
    if (!lengths.has(candidate.length)) continue
    const name = digests.get(createHash('sha256').update(candidate).digest('hex'))
    if (name) found.push(name)
  }
  return found
}

/** `NAME=value` as a whole and its value alone. */
const assignment = (line: string): string[] => (line.includes('=') ? [line, line.slice(line.indexOf('=') + 1)] : [line])

/** A machine that is busy is slow to search, and what is left out for that would be found by nobody. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

const read = (file: string): string => quietly(() => readFileSync(file, 'latin1'), '')
const sizeOf = (file: string): number => quietly(() => lstatSync(file).size, 0)
const listed = (folder: string): string[] => quietly(() => readdirSync(folder), [])
const entries = (folder: string): Dirent[] => quietly(() => readdirSync(folder, { withFileTypes: true }), [])

function quietly<T>(act: () => T, otherwise: T): T {
  try {
    return act()
  } catch {
    return otherwise // not readable for the agent's user, or gone
  }
}
