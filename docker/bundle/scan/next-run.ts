import type { ByteClass } from './byte-class.ts'

/**
 * Where the next run of at least `shortest` bytes of a class begins. Looks at the last byte that a run would need and
 * walks back from there, so that text of short words costs a fraction of a look-up for each byte.
 * @returns -1 when there is none
 */
export function nextRun(bytes: Uint8Array, from: number, members: ByteClass, shortest: number): number {
  let start = from
  let last = start + shortest - 1
  while (last < bytes.length) {
    let at = last
    while (at >= start && members[bytes[at]!] === 1) at--
    if (at < start) return start
    start = at + 1
    last = start + shortest - 1
  }
  return -1
}

/** @returns where a run that holds `from` ends */
export function endOfRun(bytes: Uint8Array, from: number, members: ByteClass): number {
  let end = from
  while (end < bytes.length && members[bytes[end]!] === 1) end++
  return end
}
