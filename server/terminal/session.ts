import { setTimeout as wait } from 'node:timers/promises'
import type { WebSocket } from 'ws'
import type { TtySize, TtyStream } from '../bottles/backend.ts'
import { HIGH_WATER, LOW_WATER, TTY_CLOSE, type TtyVisitor } from '../contract/tty.ts'
import { Client } from './client.ts'
import { FlowControl } from './flow-control.ts'
import { InputQueue } from './input-queue.ts'
import type { Recorder } from './recorder.ts'
import { Screen } from './screen.ts'
import { Seats } from './seats.ts'
import { Utf8Edge } from './utf8-edge.ts'

const MIB = 1024 * 1024
const MARKS = {
  /** Bytes that the writing page has not drawn. */
  writer: { high: HIGH_WATER, low: LOW_WATER },
  /** Bytes that our own screen has not parsed. */
  screen: { high: 4 * MIB, low: MIB },
  /** Bytes of the recording that are not on disk. */
  recorder: { high: 4 * MIB, low: MIB },
}

/** Sizes while a window is dragged come by the dozen, ms. */
const RESIZE_DELAY_MS = 40
/** A page that has drawn nothing for so long (asleep, stopped in a debugger) no longer holds the agent back, ms. */
const STALLED_MS = 30_000
/** How long the last bytes may come after the program's end, ms. */
const LAST_BYTES_MS = 1000

const NOBODY: TtyVisitor = { page: null, watching: false }

export interface SessionParts {
  /** `agent`, or `shell-xxxxxx`. */
  id: string
  stream: TtyStream
  size: TtySize
  recorder?: Recorder
  /** What was on the screen before: restored, then continued by the stream. */
  before?: readonly Uint8Array[]
  /** Bytes of the stream that were read already. */
  first?: Uint8Array
  /** Told of everything from the program, in order. */
  onOutput?: (bytes: Uint8Array) => void
}

/**
 * One terminal of a bottle and the pages that show it: one writer, any number of viewers. The size belongs to the
 * writer, and what the writer has drawn governs the program's flow; a viewer never slows anybody down. With no page
 * at all the program goes on at full speed and the screen remembers.
 */
export class Session {
  readonly id: string
  readonly openedAt = Date.now()
  /** Epoch milliseconds of the last byte from the program. */
  outputAt = Date.now()
  readonly screen: Screen
  readonly #stream: TtyStream
  readonly #recorder: Recorder | undefined
  readonly #flow: FlowControl<keyof typeof MARKS>
  readonly #input: InputQueue
  readonly #edge = new Utf8Edge()
  readonly #pages: Seats
  readonly #onOutput: SessionParts['onOutput']
  #size: TtySize
  #wanted: TtySize
  #resizing: NodeJS.Timeout | undefined
  #ended: { code: number | null } | undefined
  #closed = false
  /** Settles when the program has ended and its last bytes are on the screen. */
  readonly ended: Promise<number | null>

  constructor(parts: SessionParts) {
    this.id = parts.id
    this.#stream = parts.stream
    this.#recorder = parts.recorder
    this.#onOutput = parts.onOutput
    this.#size = parts.size
    this.#wanted = parts.size
    this.screen = new Screen(parts.size, () => this.#brake())
    this.#flow = new FlowControl(parts.stream.output, MARKS)
    this.#input = new InputQueue(parts.stream, (blocked) => this.#inputBlocked(blocked))
    this.#pages = new Seats({
      isOpen: () => !this.#ended && !this.#closed,
      isInputBlocked: () => this.#input.blocked,
      changed: () => this.#brake(),
    })
    for (const bytes of parts.before ?? []) this.screen.write(bytes)
    const { output } = parts.stream
    const over = new Promise<void>((resolve) => output.once('close', resolve).once('end', resolve))
    output.on('error', () => undefined)
    output.on('data', (chunk: Buffer) => this.#show(this.#edge.take(chunk)))
    if (parts.first) this.#show(this.#edge.take(parts.first))
    this.ended = this.#settle(over)
  }

  get size(): TtySize {
    return this.#size
  }

  get exit(): { code: number | null } | null {
    return this.#ended ?? null
  }

  /**
   * Shows the session on a page, see `Seats.enter`.
   * @param socket its frames not read yet; one that has closed already says so to nobody, and would stay for ever
   */
  attach(socket: WebSocket, { page, watching }: TtyVisitor = NOBODY): void {
    if (this.#closed) socket.close(TTY_CLOSE.goingAway, 'The terminal is being closed.')
    if (this.#closed || socket.readyState !== socket.OPEN) return
    const client: Client = new Client(socket, page, () => this.screen.snapshot(), {
      input: (bytes) => this.#type(client, bytes),
      message: (message) => {
        if (!this.#pages.has(client)) return
        if (message.type === 'claim') this.#pages.claim(client)
        else if (client.writer) this.#wantSize(message)
      },
      progress: () => this.#brake(),
      gone: () => this.#pages.leave(client),
    })
    socket.on('message', (data, isBinary) => client.receive(data as Buffer, isBinary))
    socket.on('pong', () => client.heard())
    socket.on('close', () => client.gone())
    socket.on('error', () => socket.terminate())
    this.#pages.enter(client, watching)
    client.say({ type: 'hello', ...this.#size, writer: client.writer, session: this.id })
    void client.sync()
    if (this.#ended) client.end(this.#ended.code)
    this.#brake()
  }

  /** Sizes the terminal without a page, such as to make a program draw itself anew. */
  async resize(size: TtySize): Promise<void> {
    this.#size = size
    this.screen.resize(size)
    this.#recorder?.resize(size)
    for (const client of this.#pages) client.say({ type: 'size', ...size })
    // The program may end at any moment, and a size for one that has ended is an error of the engine.
    await this.#stream.resize(size).catch(() => undefined)
  }

  /**
   * Makes a program draw itself anew, by a size that differs for a moment. The page's picture and ours keep their
   * size: only the program is told, and what it writes at the wrong width is overwritten at once.
   */
  async nudge(): Promise<void> {
    const { cols, rows } = this.#size
    await this.#stream.resize({ cols: Math.max(2, cols - 1), rows }).catch(() => undefined)
    await wait(60)
    await this.#stream.resize(this.#size).catch(() => undefined)
  }

  /** Pings every page and drops those that have not been heard of for `limit` ms. */
  heartbeat(limit: number): void {
    const now = Date.now()
    for (const client of this.#pages) {
      if (now - client.heardAt > limit && !(client.writer && this.#input.blocked)) client.terminate()
      else client.ping()
      if (client.writer && client.stalledFor(now) > STALLED_MS) client.fallBehind()
    }
    this.#brake()
  }

  /** Lets go of the program's terminal and of every page. @param code a close code of `TTY_CLOSE` */
  async close(code: number, reason: string): Promise<void> {
    this.#closed = true
    clearTimeout(this.#resizing)
    this.#pages.close()
    for (const client of this.#pages) client.close(code, reason)
    await this.#stream.close().catch(() => undefined)
    await this.#recorder?.close()
    this.screen.dispose()
  }

  #show(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#closed) return
    this.outputAt = Date.now()
    for (const client of this.#pages) client.output(bytes)
    this.screen.write(bytes)
    this.#recorder?.output(bytes)
    this.#onOutput?.(bytes)
    this.#brake()
  }

  #brake(): void {
    if (this.#closed || this.#ended) return
    const { writer } = this.#pages
    // While its frames wait for the program to read what was pasted, a page cannot say what it has drawn.
    this.#flow.set('writer', !writer || writer.isBehind ? 0 : this.#input.blocked ? writer.unsent : writer.backlog)
    this.#flow.set('screen', this.screen.backlog)
    this.#flow.set('recorder', this.#recorder?.backlog ?? 0)
    if ((this.#recorder?.backlog ?? 0) > MIB) void this.#recorder?.flush().then(() => this.#brake())
  }

  #type(client: Client, bytes: Buffer): void {
    if (this.#ended) return
    if (this.#pages.has(client) && client.writer) this.#input.write(bytes)
    else client.say({ type: 'role', writer: false })
  }

  #inputBlocked(blocked: boolean): void {
    const { writer } = this.#pages
    if (blocked) writer?.pauseInput()
    else for (const client of this.#pages) client.resumeInput()
    this.#brake()
  }

  #wantSize({ cols, rows }: TtySize): void {
    this.#wanted = { cols, rows }
    this.#resizing ??= setTimeout(() => {
      this.#resizing = undefined
      const { cols: c, rows: r } = this.#wanted
      if (!this.#ended && (c !== this.#size.cols || r !== this.#size.rows)) void this.resize(this.#wanted)
    }, RESIZE_DELAY_MS)
  }

  async #settle(over: Promise<void>): Promise<number | null> {
    const code = await this.#stream.exited.catch(() => null)
    await this.#lastBytes(over)
    this.#show(this.#edge.rest())
    this.#ended = { code }
    clearTimeout(this.#resizing)
    this.#pages.close()
    if (this.#closed) return code
    this.#recorder?.marker(code === null ? 'ended' : `ended with exit code ${code}`)
    await this.#recorder?.flush()
    for (const client of this.#pages) client.end(code)
    return code
  }

  /** What the program wrote last may come after word of its end, and takes its time while a page is still drawing. */
  async #lastBytes(over: Promise<void>): Promise<void> {
    const done = over.then(() => true)
    for (let until = Date.now() + LAST_BYTES_MS; Date.now() < until && !this.#closed; ) {
      if (this.#flow.paused) until = Date.now() + LAST_BYTES_MS
      if (await Promise.race([done, wait(50, false, { ref: false })])) return
    }
  }
}
