import type { Writable } from 'node:stream'

/** Bytes that may wait for a reader that is slow. Past this, lines that are `spare` are counted instead of kept. */
const LIMIT = 4 * 1024 * 1024
const BATCH = 64 * 1024 // bytes of one write
/** Lines of so many milliseconds go in one write: a write for each costs more than making the line. */
const GATHER_MS = 20

/**
 * Writes lines, in order, one batch at a time. Memory is bounded however slow the reader is, and what had to be dropped is
 * counted and told.
 */
export class LineWriter {
  #queue: string[] = []
  #bytes = 0
  #writing = false
  #dropped = 0
  #lost = 0
  #idle: (() => void)[] = []
  #gathering: NodeJS.Timeout | undefined

  /**
   * @param lostLine the line that tells how many are missing, written where they are missing
   * @param stamp applied to every line in the order in which they are written
   */
  constructor(
    private readonly stream: Writable,
    private readonly lostLine: (count: number) => string,
    private readonly stamp: (line: string) => string = (line) => line,
    private readonly limit = LIMIT,
  ) {
    stream.on('error', () => this.#give(true))
  }

  /** Bytes that wait. */
  get waiting(): number {
    return this.#bytes
  }
  /** Lines dropped so far. */
  get lost(): number {
    return this.#lost
  }

  /** @param line without its newline @param spare may be dropped while the reader is far behind */
  add(line: string, spare = false): void {
    if (spare && this.#bytes > this.limit) {
      this.#dropped++
      this.#lost++
      return
    }
    if (this.#dropped > 0) this.#tellDropped()
    this.#keep(line)
    if (!this.#writing) this.#gathering ??= setTimeout(() => this.#next(), GATHER_MS)
  }

  /** Settles once all is written, or nobody can read it any more. */
  flushed(): Promise<void> {
    if (this.#dropped > 0) this.#tellDropped()
    if (!this.#writing && this.#queue.length === 0) return Promise.resolve()
    if (!this.#writing) this.#next()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  #tellDropped(): void {
    const count = this.#dropped
    this.#dropped = 0
    this.#keep(this.lostLine(count))
  }

  #keep(line: string): void {
    const stamped = this.stamp(line)
    this.#queue.push(stamped)
    this.#bytes += stamped.length + 1
  }

  #next(): void {
    clearTimeout(this.#gathering)
    this.#gathering = undefined
    if (this.#queue.length === 0) return
    this.#writing = true
    let size = 0
    let count = 0
    while (count < this.#queue.length && size < BATCH) size += this.#queue[count++]!.length + 1
    const lines = this.#queue.splice(0, count)
    this.#bytes -= size
    this.stream.write(`${lines.join('\n')}\n`, (error) => {
      if (!error) this.#give(false)
    })
  }

  /** @param readerGone nobody will ever read the rest */
  #give(readerGone: boolean): void {
    if (readerGone) {
      this.#queue = []
      this.#bytes = 0
    }
    if (this.#queue.length === 0 && this.#dropped > 0) this.#tellDropped()
    this.#writing = this.#queue.length > 0
    if (this.#writing) this.#next()
    else for (const resolve of this.#idle.splice(0)) resolve()
  }
}
