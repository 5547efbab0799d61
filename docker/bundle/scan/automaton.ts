/**
 * Finds any of many byte strings in one pass (Aho and Corasick, 1975), as a dense table: one look-up per byte, whatever
 * the number of strings. Bytes that stand in no string share one column.
 */
export class Automaton {
  readonly #columns = new Uint8Array(256)
  readonly #width: number
  #next: Int32Array
  /** Index of a string that ends in this state, or -1. */
  #ends: Int32Array
  #states = 1

  /** @param patterns not empty; at most a few hundred thousand bytes in all */
  constructor(patterns: readonly Buffer[]) {
    const used = [...new Set(patterns.flatMap((pattern) => [...pattern]))]
    // Column 0 is for bytes that stand in no pattern; with all 256 in use there is none to spare, and none needed.
    const first = used.length === 256 ? 0 : 1
    for (const [i, byte] of used.entries()) this.#columns[byte] = i + first
    this.#width = used.length + first
    const size = 1 + patterns.reduce((sum, pattern) => sum + pattern.length, 0)
    this.#next = new Int32Array(size * this.#width).fill(-1)
    this.#ends = new Int32Array(size).fill(-1)
    for (const [i, pattern] of patterns.entries()) this.#add(pattern, i)
    this.#close()
    this.#next = this.#next.slice(0, this.#states * this.#width)
    this.#ends = this.#ends.slice(0, this.#states)
  }

  #add(pattern: Buffer, index: number): void {
    let state = 0
    for (const byte of pattern) {
      const cell = state * this.#width + this.#columns[byte]!
      if (this.#next[cell] === -1) this.#next[cell] = this.#states++
      state = this.#next[cell]!
    }
    if (this.#ends[state] === -1) this.#ends[state] = index
  }

  /** Turns the tree into a table without fall-backs, level by level. */
  #close(): void {
    const fallback = new Int32Array(this.#states)
    const queue: number[] = []
    for (let column = 0; column < this.#width; column++) {
      const child = this.#next[column]!
      if (child === -1) this.#next[column] = 0
      else queue.push(child)
    }
    for (let at = 0; at < queue.length; at++) {
      const state = queue[at]!
      const back = fallback[state]!
      if (this.#ends[state] === -1) this.#ends[state] = this.#ends[back]!
      for (let column = 0; column < this.#width; column++) {
        const cell = state * this.#width + column
        const child = this.#next[cell]!
        const through = this.#next[back * this.#width + column]!
        if (child === -1) this.#next[cell] = through
        else {
          fallback[child] = through
          queue.push(child)
        }
      }
    }
  }

  /** @returns indices of the strings found, each once */
  search(bytes: Uint8Array): Set<number> {
    const found = new Set<number>()
    this.read(bytes, 0, bytes.length, 0, found)
    return found
  }

  /**
   * Reads a part of some bytes and adds what ends in it to `found`.
   * @param state 0, or what reading the part before returned
   */
  read(bytes: Uint8Array, from: number, to: number, state: number, found: Set<number>): number {
    const next = this.#next
    const ends = this.#ends
    const columns = this.#columns
    const width = this.#width
    let at = state
    for (let i = from; i < to; i++) {
      at = next[at * width + columns[bytes[i]!]!]!
      const end = ends[at]!
      if (end !== -1) found.add(end)
    }
    return at
  }
}
