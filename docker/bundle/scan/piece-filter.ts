/** Bytes of a sample. */
export const SAMPLE = 4
/** Of so many places of the filter at most one is taken: of other samples one in 64 passes. */
const SPARSE = 64

/** Says of most samples at once that they stand in no window (Bloom, 1970, with one hash). */
export class PieceFilter {
  readonly #bits: Uint8Array
  readonly #shift: number

  /**
   * @param text what windows are part of
   * @param windows where they begin, by their length in bytes
   */
  constructor(text: Buffer, windows: ReadonlyMap<number, readonly number[]>) {
    const samples = samplesOf(text, windows)
    // Some forms repeat few samples: a filter for all of them would be larger than the processor's cache for nothing.
    const different = fill(samples, shiftFor(samples.length)).taken
    this.#shift = shiftFor(different)
    this.#bits = fill(samples, this.#shift).bits
  }

  /**
   * Looks at every `stride` bytes. A window longer than a sample holds one beside it too, so chance needs to come twice.
   * @returns where the next sample stands that may be part of a window; -1: nowhere
   */
  next(bytes: DataView, from: number, stride: number): number {
    const bits = this.#bits
    const shift = this.#shift
    const last = bytes.byteLength - SAMPLE
    for (let at = from; at <= last; at += stride) {
      const place = placeOf(bytes.getInt32(at, true), shift)
      if ((bits[place >>> 3]! & (1 << (place & 7))) === 0) continue
      if ((at > 0 && this.#has(bytes, at - 1)) || (at < last && this.#has(bytes, at + 1))) return at
    }
    return -1
  }

  #has(bytes: DataView, at: number): boolean {
    const place = placeOf(bytes.getInt32(at, true), this.#shift)
    return (this.#bits[place >>> 3]! & (1 << (place & 7))) !== 0
  }
}

/** Fibonacci hashing: the upper bits of a product depend on all of the factor's. */
const placeOf = (sample: number, shift: number): number => Math.imul(sample, 0x9e3779b1) >>> shift
const shiftFor = (samples: number): number => 32 - Math.min(24, Math.max(12, Math.ceil(Math.log2(samples * SPARSE))))

/** Each sample of a window, once for each place. Windows of one text follow one another: what one marked is not gone over. */
function samplesOf(text: Buffer, windows: ReadonlyMap<number, readonly number[]>): Int32Array {
  const begins = new Uint8Array(text.length)
  for (const [length, places] of windows) {
    for (const place of places)
      for (let i = length - SAMPLE; i >= 0 && begins[place + i] === 0; i--) begins[place + i] = 1
  }
  const samples = new Int32Array(begins.reduce((sum, one) => sum + one, 0))
  let size = 0
  for (let at = 0; at < begins.length; at++) if (begins[at] === 1) samples[size++] = text.readInt32LE(at)
  return samples
}

function fill(samples: Int32Array, shift: number): { bits: Uint8Array; taken: number } {
  const bits = new Uint8Array(2 ** (32 - shift - 3))
  let taken = 0
  for (const sample of samples) {
    const place = placeOf(sample, shift)
    const bit = 1 << (place & 7)
    if ((bits[place >>> 3]! & bit) === 0) taken++
    bits[place >>> 3]! |= bit
  }
  return { bits, taken }
}
