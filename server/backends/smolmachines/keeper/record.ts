/** As much as the docker backend's engine keeps of a terminal. */
const KEEP = 24 * 2 ** 20

/** The latest output of a terminal with the times at which it came, for rebuilding a screen. */
export class Recording {
  #chunks: { at: number; bytes: Buffer }[] = []
  #size = 0

  add(bytes: Buffer, at = Date.now()): void {
    this.#chunks.push({ at, bytes })
    this.#size += bytes.length
    while (this.#size > KEEP && this.#chunks.length > 1) this.#size -= this.#chunks.shift()!.bytes.length
  }

  /** @param since epoch milliseconds; null: all that is kept */
  from(since: number | null): Buffer[] {
    const first = since === null ? 0 : this.#chunks.findIndex(({ at }) => at >= since)
    return first === -1 ? [] : this.#chunks.slice(first).map(({ bytes }) => bytes)
  }
}
