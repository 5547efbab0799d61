import { GramTable } from './gram-table.ts'
import { PieceFilter, SAMPLE } from './piece-filter.ts'

/** Windows of one text at most: a longer text is known by every second, third … of its windows. */
const MOST_WINDOWS = 16 * 1024

/** Something to be found, whole or in part. */
export interface Sought {
  bytes: Buffer
  /** So many bytes of it in one piece are enough; more than 4. What is shorter is found as a whole only. */
  enough: number
}

/**
 * Finds pieces of many texts, several times faster than reading every byte: a piece of n bytes holds, wherever it
 * stands, a sample of 4 bytes taken every n - 3. Only around samples that stand in some piece are windows compared.
 * Time and memory to set up grow with the length of the texts, up to a bound for each.
 */
export class SampledSearch {
  /** Bytes of the longest piece that is looked for. */
  readonly longest: number
  /** Windows that are looked for, in all. */
  readonly windows: number
  readonly #tables: readonly GramTable[]
  readonly #filter: PieceFilter
  readonly #stride: number
  /** Where each text begins among all of them; one more for where the last one ends. */
  readonly #begins: Uint32Array

  /** @param texts not empty, each of more than 4 bytes */
  constructor(texts: readonly Sought[]) {
    const all = Buffer.concat(texts.map(({ bytes }) => bytes))
    this.#begins = new Uint32Array(texts.length + 1)
    const byLength = new Map<number, number[]>()
    for (const [i, { bytes, enough }] of texts.entries()) {
      const begin = this.#begins[i]!
      const length = Math.min(enough, bytes.length)
      const places = byLength.get(length) ?? []
      byLength.set(length, places)
      addWindows(all, begin, begin + bytes.length, length, places)
      this.#begins[i + 1] = begin + bytes.length
    }
    const lengths = [...byLength.keys()]
    this.longest = Math.max(...lengths)
    this.#stride = Math.min(...lengths) - SAMPLE + 1
    this.windows = [...byLength.values()].reduce((sum, places) => sum + places.length, 0)
    this.#tables = [...byLength].map(([length, places]) => new GramTable(all, places, length))
    this.#filter = new PieceFilter(all, byLength)
  }

  /** @returns indices of the texts of which a piece was found; of two that share the piece, only the first */
  search(bytes: Uint8Array): Set<number> {
    const places = new Set<number>()
    const around = this.longest - SAMPLE
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let from = 0
    let to = 0
    for (let at = this.#filter.next(view, this.#stride - 1, this.#stride); at !== -1; ) {
      // Where the surroundings of two samples touch, they are read as one.
      if (at - around > to) {
        this.#read(bytes, from, to, places)
        from = at - around
      }
      to = Math.min(bytes.length, at + this.longest)
      at = this.#filter.next(view, at + this.#stride, this.#stride)
    }
    this.#read(bytes, from, to, places)
    return places.size === 0 ? places : new Set(Array.from(places, (place) => this.#textAt(place)))
  }

  #read(bytes: Uint8Array, from: number, to: number, places: Set<number>): void {
    for (const table of this.#tables) table.read(bytes, from, to, places)
  }

  #textAt(place: number): number {
    let low = 0
    let high = this.#begins.length - 1
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if (this.#begins[middle]! <= place) low = middle
      else high = middle
    }
    return low
  }
}

/**
 * Adds the windows of a text that tell something: `aaaaaaaaaaaa` stands in innocent ones too. A text no longer than the
 * window is taken as it is.
 */
function addWindows(all: Uint8Array, from: number, to: number, length: number, places: number[]): void {
  if (to - from === length) return void places.push(from)
  const step = Math.ceil((to - from - length + 1) / MOST_WINDOWS)
  const counts = new Uint32Array(256)
  let variety = 0
  for (let at = from; at < to; at++) {
    if (counts[all[at]!]!++ === 0) variety++
    const begin = at - length + 1
    if (begin < from) continue
    if (variety >= Math.min(6, length / 2) && (begin - from) % step === 0) places.push(begin)
    if (--counts[all[begin]!]! === 0) variety--
  }
}
