import { byteClass } from './byte-class.ts'
import { endOfRun, nextRun } from './next-run.ts'

const RUN = byteClass('A-Za-z0-9+/_=-')
const SHORTEST = 32 // bytes
const LONGEST = 512
const HEX = byteClass('0-9a-fA-F')
/** Bits per character above which a run looks drawn at random. Hex has at most 4, so it is measured by its own scale. */
const MIXED = 4.6
const HEXADECIMAL = 3.6

/**
 * True when a text holds a run that looks like a key. Many innocent things do (digests, ids, embedded images), so this
 * detector is off unless a route names it.
 */
export function looksRandom(bytes: Uint8Array): boolean {
  for (let at = nextRun(bytes, 0, RUN, SHORTEST); at !== -1; at = nextRun(bytes, at, RUN, SHORTEST)) {
    const end = Math.min(endOfRun(bytes, at + SHORTEST, RUN), at + LONGEST)
    const run = bytes.subarray(at, end)
    if (entropy(run) >= (run.every((byte) => HEX[byte] === 1) ? HEXADECIMAL : MIXED)) return true
    at = end
  }
  return false
}

/** Shannon's measure over the bytes of a text, in bits for each. */
export function entropy(bytes: Uint8Array): number {
  const counts = new Uint32Array(256)
  for (const byte of bytes) counts[byte]!++
  let bits = 0
  for (const count of counts) if (count > 0) bits -= (count / bytes.length) * Math.log2(count / bytes.length)
  return bits
}
