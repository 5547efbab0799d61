import type { WebSocket } from 'ws'
import { ACK_EVERY, LOW_WATER, TTY_CLOSE, type TtyFromPage, type TtyToPage } from '../contract/tty.ts'
import { ttyFromPage } from '../contract/tty-frames.ts'
import type { ScreenSnapshot } from './screen.ts'

/** What a viewer may have before it, sent or waiting, bytes; beyond it, it is shown the screen again when it is ready. */
const VIEWER_LIMIT = 1024 * 1024
/** Shortest time between two screens for a viewer that cannot keep up, ms. */
const RESYNC_EVERY_MS = 1000

/** What a session hears from one of its pages. */
export interface ClientEvents {
  message(message: Exclude<TtyFromPage, { type: 'ack' | 'ping' | 'sync' }>): void
  input(bytes: Buffer): void
  /** It drew something, or its role in the flow changed otherwise. */
  progress(): void
  gone(): void
}

/**
 * One page that shows a session. It is *live* (bytes go to it as they come), *syncing* (a snapshot is being made, bytes
 * wait behind it), or *behind*: it gets nothing until it has drawn what it was sent, and then a snapshot. Behind is only
 * who owes an acknowledgement or is about to be synced; anybody else would stay so for ever. A snapshot that is being
 * made is sent whatever comes meanwhile, or a page opened during a flood would have no picture until its end.
 */
export class Client {
  writer = false
  /** When anything last came from it, epoch milliseconds. */
  heardAt = Date.now()
  #state: 'live' | 'syncing' | 'behind' = 'behind'
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  /** More came during a sync than may wait: the snapshot is out of date when it is there. */
  #overrun = false
  #unacked = 0
  #owesSince = 0
  #generation = 0
  #syncedAt = 0
  #timer: NodeJS.Timeout | undefined
  #end: { code: number | null } | undefined

  constructor(
    private readonly socket: WebSocket,
    /** Which page it is, if it told; the same when its connection comes back. */
    readonly page: string | null,
    private readonly takeSnapshot: () => Promise<ScreenSnapshot>,
    private readonly events: ClientEvents,
  ) {}

  /** Bytes that it was sent and has not drawn, and those that wait for it. */
  get backlog(): number {
    return this.#unacked + this.#waitingBytes
  }

  /** Whether it is waited for: until it has drawn what it has, it gets nothing and holds nobody back. */
  get isBehind(): boolean {
    return this.#state === 'behind'
  }

  /** Bytes in our own buffers for it, whatever it says that it has drawn. */
  get unsent(): number {
    return this.socket.bufferedAmount + this.#waitingBytes
  }

  /** How long it has owed an acknowledgement, ms. Of less than `ACK_EVERY` a page says nothing, for as long as it may be. */
  stalledFor(now: number): number {
    return this.#owes ? now - this.#owesSince : 0
  }

  say(message: TtyToPage): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(JSON.stringify(message))
  }

  /** Bytes of the terminal. The same buffer may go to many. */
  output(bytes: Uint8Array): void {
    if (this.#state === 'behind' || this.#overrun) return
    if (this.#state === 'syncing') {
      this.#waiting.push(bytes)
      this.#waitingBytes += bytes.length
    } else {
      this.#send(bytes)
    }
    // The writer holds the source back instead.
    if (!this.writer && this.backlog > VIEWER_LIMIT) this.#overflow()
  }

  /** It gets nothing more until it has caught up. */
  fallBehind(): void {
    this.#cutOff()
    if (!this.#owes) this.#syncSoon()
  }

  /** Shows the screen as it is now, and what follows from here on. */
  async sync(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#cutOff()
    this.#state = 'syncing'
    this.#syncedAt = Date.now()
    const generation = this.#generation
    const snapshot = await this.takeSnapshot().catch(() => null)
    if (generation !== this.#generation) return
    const overrun = this.#overrun
    if (snapshot) this.say({ type: 'snapshot', ...snapshot })
    if (snapshot === null || overrun) this.fallBehind()
    else this.#goLive()
    this.events.progress()
  }

  /** The session is over: it sees the rest, then the exit code, then the socket closes. */
  end(code: number | null): void {
    this.#end = { code }
    if (this.#state === 'behind') void this.sync()
    else this.#finishIfEnded()
  }

  close(code: number, reason: string): void {
    clearTimeout(this.#timer)
    this.#cutOff()
    this.socket.close(code, reason)
  }

  ping(): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.ping()
  }

  terminate(): void {
    this.socket.terminate()
  }

  pauseInput(): void {
    this.socket.pause()
  }

  resumeInput(): void {
    this.heardAt = Date.now()
    this.socket.resume()
  }

  /** A frame from the page. */
  receive(data: Buffer, isBinary: boolean): void {
    this.heardAt = Date.now()
    const message = isBinary ? null : parse(data)
    if (isBinary) this.events.input(data)
    else if (message === null) this.close(TTY_CLOSE.protocol, 'That was no message of this protocol.')
    else if (message.type === 'ack') this.#acknowledge(message.bytes)
    else if (message.type === 'ping') this.say({ type: 'pong' })
    else if (message.type === 'sync') this.#syncSoon()
    else this.events.message(message)
  }

  heard(): void {
    this.heardAt = Date.now()
  }

  gone(): void {
    clearTimeout(this.#timer)
    this.#cutOff()
    this.events.gone()
  }

  get #owes(): boolean {
    return this.#unacked >= ACK_EVERY
  }

  #cutOff(): void {
    this.#state = 'behind'
    this.#generation++
    this.#overrun = false
    this.#dropWaiting()
  }

  #overflow(): void {
    if (this.#state === 'live') {
      this.fallBehind()
    } else {
      this.#overrun = true
      this.#dropWaiting()
    }
  }

  #dropWaiting(): void {
    this.#waiting = []
    this.#waitingBytes = 0
  }

  #goLive(): void {
    this.#state = 'live'
    const waiting = this.#waiting
    this.#dropWaiting()
    for (const bytes of waiting) this.#send(bytes)
    this.#finishIfEnded()
  }

  #send(bytes: Uint8Array): void {
    if (this.socket.readyState !== this.socket.OPEN) return
    if (!this.#owes) this.#owesSince = Date.now()
    this.#unacked += bytes.length
    this.socket.send(bytes, { binary: true })
  }

  #acknowledge(bytes: number): void {
    this.#unacked = Math.max(0, this.#unacked - bytes)
    this.#owesSince = Date.now()
    if (this.#state === 'behind' && this.#unacked < LOW_WATER) this.#syncSoon()
    this.events.progress()
  }

  /** A page may ask as often as it likes: making a snapshot costs us tens of milliseconds, and one not read its memory. */
  #syncSoon(): void {
    if (this.#timer || this.socket.readyState !== this.socket.OPEN) return
    const wait = Math.max(0, this.#syncedAt + RESYNC_EVERY_MS - Date.now())
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.socket.bufferedAmount > VIEWER_LIMIT) {
        this.#syncedAt = Date.now()
        this.#syncSoon()
      } else {
        void this.sync()
      }
    }, wait)
  }

  #finishIfEnded(): void {
    if (!this.#end || this.#state !== 'live') return
    this.say({ type: 'exit', code: this.#end.code })
    this.socket.close(TTY_CLOSE.ended, 'The session ended.')
    this.#cutOff()
  }
}

function parse(data: Buffer): TtyFromPage | null {
  try {
    return ttyFromPage.parse(JSON.parse(data.toString('utf8')))
  } catch {
    return null
  }
}
