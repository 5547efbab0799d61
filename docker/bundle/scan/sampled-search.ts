import { Automaton } from './automaton.ts'

const PIECE = 4 // bytes
/** Of so many places of the filter at most one is taken: other text comes to the automaton once in 64 samples. */
const SPARSE = 64

/**
 * Finds any of many byte strings that are all of some length, several times faster than reading every byte: a string of n
 * bytes holds, wherever it stands, a sample of 4 bytes taken every n - 3. Only around samples that stand in some string does
 * the automaton read.
 */
export class SampledSearch {
  /** Bytes of the longest string. */
  readonly longest: number
  readonly #automaton: Automaton
  readonly #stride: number
  readonly #filter: Uint8Array
  readonly #shift: number

  /** @param patterns not empty, each of at least 4 bytes */
  constructor(patterns: readonly Buffer[]) {
    this.#automaton = new Automaton(patterns)
    const lengths = patterns.map((pattern) => pattern.length)
    this.longest = Math.max(...lengths)
    this.#stride = Math.min(...lengths) - PIECE + 1
    const pieces = new Set<number>()
    for (const pattern of patterns) for (let i = 0; i + PIECE <= pattern.length; i++) pieces.add(pattern.readInt32LE(i))
    const bits = Math.min(24, Math.max(12, Math.ceil(Math.log2(pieces.size * SPARSE))))
    this.#shift = 32 - bits
    this.#filter = new Uint8Array(2 ** (bits - 3))
    for (const piece of pieces) {
      const place = placeOf(piece, this.#shift)
      this.#filter[place >>> 3]! |= 1 << (place & 7)
    }
  }

  /** @returns indices of the strings found; of two that end at one place, one may be missing */
  search(bytes: Uint8Array): Set<number> {
    const found = new Set<number>()
    const filter = this.#filter
    const stride = this.#stride
    const shift = this.#shift
    const around = this.longest - PIECE
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const last = bytes.length - PIECE
    let readTo = 0
    let state = 0
    for (let at = stride - 1; at <= last; at += stride) {
      const place = placeOf(view.getInt32(at, true), shift)
      if ((filter[place >>> 3]! & (1 << (place & 7))) === 0) continue
      // Where two such places touch, the automaton goes on reading: no byte is read twice.
      if (at - around > readTo) {
        readTo = at - around
        state = 0
      }
      const end = Math.min(bytes.length, at + this.longest)
      if (end <= readTo) continue
      state = this.#automaton.read(bytes, readTo, end, state, found)
      readTo = end
    }
    return found
  }
}

/** Fibonacci hashing: the upper bits of a product depend on all of the factor's. */
const placeOf = (piece: number, shift: number): number => Math.imul(piece, 0x9e3779b1) >>> shift
