import type { Sought } from './sampled-search.ts'

const SHARD = 8 // characters
const SHORTEST = 16 // characters of a value, and so many of them must be found, in any number of shards
/** Half of a longer value is found as a piece. */
const LONGEST = 64

/** A window of a value that says nothing by itself. */
export interface Shard extends Sought {
  name: string
  /** Where it begins in the value. */
  at: number
}

/**
 * The shards of a value that is looked for where it is shared out over several fields, too short to be found as pieces.
 * Words stand in innocent texts too, so only what mixes letters and digits is one. A public beginning may be a part:
 * what is left of the value must still be there.
 * @param value printable ASCII, or it has none
 */
export function shardsOf(name: string, value: string): Shard[] {
  if (value.length < SHORTEST || value.length > LONGEST || !/^[!-~]*$/.test(value)) return []
  const shards: Shard[] = []
  for (let at = 0; at + SHARD <= value.length; at++) {
    const text = value.slice(at, at + SHARD)
    if (!/\d/.test(text) || !/[A-Za-z]/.test(text) || new Set(text).size < 5) continue
    shards.push({ name, at, bytes: Buffer.from(text), enough: SHARD })
  }
  return shards
}

/** @returns names of the values of which these shards are enough together */
export function ownersOf(shards: readonly Shard[]): Set<string> {
  const reach = new Map<string, number>()
  const found = new Map<string, number>()
  for (const { name, at } of shards.toSorted((a, b) => a.at - b.at)) {
    const end = at + SHARD
    found.set(name, (found.get(name) ?? 0) + end - Math.max(at, reach.get(name) ?? 0))
    reach.set(name, end)
  }
  return new Set([...found].filter(([, characters]) => characters >= SHORTEST).map(([name]) => name))
}
