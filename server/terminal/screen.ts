import { setImmediate as turn } from 'node:timers/promises'
import serialize from '@xterm/addon-serialize'
import unicode11 from '@xterm/addon-unicode11'
import headless from '@xterm/headless'
import type { TtySize } from '../bottles/backend.ts'
import { ScreenQueue } from './screen-queue.ts'
import { isAtRest, restoreModes } from './screen-state.ts'

/** Lines above the screen that can be scrolled back to. */
export const SCROLLBACK = 5000
/** Tallest screen that the protocol allows (`ttyFromPage`), rows. */
const TALLEST = 500
/** Plain text behind this many lines is never seen: it fills scrollback and screen from any place of the cursor. */
const KEEP_LINES = SCROLLBACK + 2 * TALLEST

/** Bytes waiting to be parsed from which on it is a flood, and worth leaving something out. */
const FLOOD = 512 * 1024
/** How long a flood may gather between two looks, ms. */
const FLOOD_PAUSE_MS = 20
/** How long parsing may hold the event loop at a stretch, ms; a slice of 64 KiB may come on top of it. */
const BURST_MS = 5
/** Lines serialized at a stretch: about 4 ms. */
const SERIALIZE_LINES = 500

/** A screen as bytes: written to a fresh terminal of this size they bring back content, scrollback, cursor and modes. */
export interface ScreenSnapshot extends TtySize {
  data: string
}

/**
 * The server's own picture of a terminal, so that a page which opens or comes back sees at once what it would have
 * seen all along. It parses what the program writes and never answers it: answers come from the page alone.
 */
export class Screen {
  readonly #terminal: headless.Terminal
  readonly #serializer = new serialize.SerializeAddon()
  readonly #queue = new ScreenQueue()
  #title = ''
  #busy = false
  #disposed = false
  #latest: ScreenSnapshot | undefined
  /** Who waits for a snapshot, to be told should the screen be closed before its turn comes. */
  readonly #asking = new Set<(closed: Error) => void>()

  /**
   * @param size in character cells
   * @param onProgress called when `backlog` has shrunk
   */
  constructor(
    size: TtySize,
    private readonly onProgress: () => void = () => undefined,
  ) {
    this.#terminal = new headless.Terminal({ ...size, scrollback: SCROLLBACK, allowProposedApi: true, logLevel: 'off' })
    this.#terminal.loadAddon(this.#serializer)
    this.#terminal.loadAddon(new unicode11.Unicode11Addon())
    this.#terminal.unicode.activeVersion = '11'
    this.#terminal.onTitleChange((title) => {
      this.#title = plainTitle(title)
    })
  }

  /** Bytes that were written and not parsed yet. */
  get backlog(): number {
    return this.#queue.bytes
  }

  /** As the program set it: hostile text, without control characters, at most 200 long. */
  get title(): string {
    return this.#title
  }

  /** @param bytes cut between characters, see `Utf8Edge` */
  write(bytes: Uint8Array): void {
    this.#queue.push(bytes)
    this.#work()
  }

  /** Changes the size once all that was written before has been parsed. */
  resize({ cols, rows }: TtySize): void {
    this.#queue.pushAct(() => {
      this.#latest = undefined
      this.#terminal.resize(cols, rows)
    })
    this.#work()
  }

  /**
   * The screen after all that was written before the call, and nothing that is written after it.
   * @throws when the screen is closed first
   */
  snapshot(): Promise<ScreenSnapshot> {
    return new Promise((resolve, reject) => {
      if (this.#disposed) return reject(wasClosed())
      this.#asking.add(reject)
      this.#queue.pushAct(() => {
        this.#asking.delete(reject)
        return this.#take().then(resolve, reject)
      })
      this.#work()
    })
  }

  /** The last line with something on it, plain text, at most 200 characters. */
  lastLine(): string {
    const buffer = this.#terminal.buffer.active
    for (let y = buffer.baseY + this.#terminal.rows - 1; y >= buffer.baseY; y--) {
      const text = buffer.getLine(y)?.translateToString(true).trim()
      if (text) return text.slice(0, 200)
    }
    return ''
  }

  dispose(): void {
    this.#disposed = true
    this.#terminal.dispose()
    for (const tell of this.#asking) tell(wasClosed())
  }

  #work(): void {
    if (!this.#busy) void this.#parseAll()
  }

  /** Idle again as soon as it finds nothing more: whoever pushed in the turns of a promise after that would wait for ever. */
  async #parseAll(): Promise<void> {
    this.#busy = true
    try {
      let since = performance.now()
      for (let next = this.#queue.shift(); next && !this.#disposed; next = this.#queue.shift()) {
        if (next.kind === 'act') {
          await next.act()
        } else {
          this.#latest = undefined
          await new Promise<void>((parsed) => this.#terminal.write(next.bytes, parsed))
          this.onProgress()
        }
        if (await this.#leaveOutFlood()) since = performance.now()
        if (performance.now() - since < BURST_MS) continue
        await turn()
        since = performance.now()
      }
    } finally {
      this.#busy = false
    }
  }

  /** Parsing is slower than a flood. While one lasts, let it gather and look only at what will be left of it. */
  async #leaveOutFlood(): Promise<boolean> {
    if (this.#queue.bytes < FLOOD || !isAtRest(this.#terminal)) return false
    if (this.#queue.skip(KEEP_LINES) === 0) return false
    this.#latest = undefined
    this.onProgress()
    await new Promise((resume) => setTimeout(resume, FLOOD_PAUSE_MS))
    return true
  }

  /** Nothing is parsed meanwhile: this runs as an act of the queue. */
  async #take(): Promise<ScreenSnapshot> {
    if (this.#latest) return this.#latest
    const { cols, rows } = this.#terminal
    const { parts, scrollback } = await this.#serializeHistory()
    const screen = this.#serializer
      .serialize({ scrollback, excludeModes: true })
      // The add-on takes for granted that the alternate screen begins empty and with plain attributes.
      .replace('\x1b[?1049h\x1b[H', '\x1b[m\x1b[?1049h\x1b[2J\x1b[H')
    parts.push(screen, restoreModes(this.#terminal, this.#title))
    this.#latest = { cols, rows, data: parts.join('') }
    return this.#latest
  }

  /**
   * Scrollback in pieces, with a turn of the event loop after each: 5,000 lines at once would hold it for 40 ms.
   * A piece ends where a line does, never within a wrapped one.
   * @returns the pieces, and how many lines of scrollback are left for the add-on to do together with the screen
   */
  async #serializeHistory(): Promise<{ parts: string[]; scrollback: number }> {
    const { normal } = this.#terminal.buffer
    const history = normal.length - this.#terminal.rows
    const parts: string[] = []
    let from = 0
    while (history - from > SERIALIZE_LINES) {
      let end = from + SERIALIZE_LINES
      while (end > from && normal.getLine(end)?.isWrapped) end--
      if (end === from) break
      const lines = this.#serializer.serialize({
        range: { start: from, end: end - 1 },
        excludeModes: true,
        excludeAltBuffer: true,
      })
      parts.push(lines, '\x1b[m\r\n')
      from = end
      await turn()
      if (this.#disposed) break
    }
    return { parts, scrollback: history - from }
  }
}

const wasClosed = () => new Error('The screen was closed.')

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const plainTitle = (title: string): string => title.replace(/[\x00-\x1f\x7f-\x9f]/g, '').slice(0, 200)
