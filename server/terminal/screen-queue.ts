import { plainLines } from './plain-text.ts'

/** Longest piece that is parsed at a stretch, bytes: about two milliseconds at 35 MB/s. */
export const SLICE = 64 * 1024

const LINE_END = Buffer.from('\r\n')

/** What waits to be parsed: bytes, or something to be done when all before it has been. */
export type Pending =
  | { kind: 'bytes'; bytes: Uint8Array; lines: number }
  | { kind: 'act'; act: () => void | Promise<void> }

/**
 * Bytes on their way into the server's screen, in order. Under a flood it can leave out text of which nothing could
 * be seen in the end, see `skip`.
 */
export class ScreenQueue {
  #items: Pending[] = []
  #bytes = 0

  /** Bytes that wait. */
  get bytes(): number {
    return this.#bytes
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += SLICE) {
      const piece = bytes.subarray(at, at + SLICE)
      this.#items.push({ kind: 'bytes', bytes: piece, lines: plainLines(piece) })
    }
    this.#bytes += bytes.length
  }

  pushAct(act: () => void | Promise<void>): void {
    this.#items.push({ kind: 'act', act })
  }

  shift(): Pending | undefined {
    const item = this.#items.shift()
    if (item?.kind === 'bytes') this.#bytes -= item.bytes.length
    return item
  }

  /**
   * Leaves out plain text at the front, as long as at least `keepLines` line feeds of plain text follow it: when those
   * have been parsed, every line above them has left the scrollback, and plain text changes nothing but lines. A line
   * end takes the place of what was left out, so that the next line begins at the left edge as it would have.
   *
   * The caller answers for the parser: it must be between characters and outside of any sequence, with the whole
   * screen as its scroll region.
   *
   * @returns how many bytes were left out
   */
  skip(keepLines: number): number {
    let run = 0
    let lines = 0
    for (; run < this.#items.length; run++) {
      const item = this.#items[run]!
      if (item.kind !== 'bytes' || item.lines < 0) break
      lines += item.lines
    }
    // The first item that stays begins behind its first line end; the more whole items go before it, the better.
    let first = 0
    let left = lines
    while (first < run && left - linesOf(this.#items[first]) > keepLines) left -= linesOf(this.#items[first++])
    for (; first > 0; left += linesOf(this.#items[--first])) {
      const cut = this.#cutBehindLineEnd(first)
      if (cut === undefined || left - plainLines(cut.gone) < keepLines) continue
      const before = this.#bytes
      this.#items.splice(0, first + 1, asItem(LINE_END), asItem(cut.stays))
      this.#bytes = this.#items.reduce((sum, item) => sum + (item.kind === 'bytes' ? item.bytes.length : 0), 0)
      return before - this.#bytes
    }
    return 0
  }

  #cutBehindLineEnd(index: number): { gone: Uint8Array; stays: Uint8Array } | undefined {
    const item = this.#items[index]
    if (item?.kind !== 'bytes') return undefined
    const at = Buffer.from(item.bytes.buffer, item.bytes.byteOffset, item.bytes.length).indexOf(LINE_END)
    if (at < 0) return undefined
    return { gone: item.bytes.subarray(0, at + 2), stays: item.bytes.subarray(at + 2) }
  }
}

const asItem = (bytes: Uint8Array): Pending => ({ kind: 'bytes', bytes, lines: plainLines(bytes) })
const linesOf = (item: Pending | undefined): number => (item?.kind === 'bytes' ? item.lines : 0)
