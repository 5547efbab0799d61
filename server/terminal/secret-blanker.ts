/** Shorter values would blank out half of any text. */
const SHORTEST = 4

/**
 * Blanks out values of secrets in a terminal's text before it is written to disk. A value becomes as many `*` as it
 * has characters, so that no column moves. Values stay in memory only.
 *
 * Not found: a value that the program draws with sequences in between, such as one coloured letter by letter.
 */
export class SecretBlanker {
  readonly #values: readonly string[]
  #held = ''

  constructor(values: readonly string[] = []) {
    this.#values = values.filter((value) => value.length >= SHORTEST).sort((a, b) => b.length - a.length)
  }

  /** A text that is complete in itself. */
  whole(text: string): string {
    return this.#values.reduce((blanked, value) => blanked.replaceAll(value, '*'.repeat(value.length)), text)
  }

  /** What of some bytes comes behind the last secret in them. */
  behindLast(bytes: Buffer): Buffer {
    const ends = this.#values.map((value) => bytes.lastIndexOf(value) + Buffer.byteLength(value))
    const behind = ends.filter((end, index) => bytes.lastIndexOf(this.#values[index]!) >= 0 && end > 0)
    return bytes.subarray(Math.max(0, ...behind))
  }

  /** The next piece of a stream. What may be the beginning of a value is held back until the next piece, or `rest`. */
  stream(piece: string): string {
    if (this.#values.length === 0) return piece
    const blanked = this.whole(this.#held + piece)
    let keep = 0
    for (const value of this.#values) {
      for (let length = Math.min(value.length - 1, blanked.length); length > keep; length--) {
        if (blanked.endsWith(value.slice(0, length))) keep = length
      }
    }
    this.#held = blanked.slice(blanked.length - keep)
    return blanked.slice(0, blanked.length - keep)
  }

  rest(): string {
    const held = this.#held
    this.#held = ''
    return held
  }
}
