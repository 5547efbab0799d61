import { TTY_PROTOCOL, type TtyFromPage, type TtyToPage } from '@/server/contract/tty.ts'
import { type ConnectionEvent, type ConnectionState, FIRST, nextState } from './connection-state'

/** A paste goes in pieces of this size, so that acknowledgements travel in between, bytes. */
const PIECE = 16 * 1024
const PING_EVERY_MS = 15_000
/** A server of which nothing was heard for so long is not there any more, ms. */
const DEAD_AFTER_MS = 40_000

export interface ConnectionHandlers {
  message(message: TtyToPage): void
  bytes(bytes: Uint8Array): void
}

/** This page, until it is loaded again. (`randomUUID` is there on secure origins only.) */
const PAGE = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join(
  '',
)

/** The address of a terminal on the page's own server. */
export const ttyAddress = (slug: string, session: string, at: Pick<Location, 'protocol' | 'host'>): string =>
  `${at.protocol === 'https:' ? 'wss' : 'ws'}://${at.host}/api/bottles/${slug}/tty?session=${encodeURIComponent(session)}&page=${PAGE}`

/** A socket to one terminal that comes back by itself. A store for `useSyncExternalStore`. */
export class TtyConnection {
  /** Counts sockets: what was received on an earlier one is not to be acknowledged on this one. */
  epoch = 0
  #state: ConnectionState = FIRST
  #socket: WebSocket | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #ping: ReturnType<typeof setInterval> | undefined
  #heardAt = 0
  #disposed = false
  #watching = false
  readonly #listeners = new Set<() => void>()

  /** @param open makes a socket; a test gives its own */
  constructor(
    private readonly address: string,
    private readonly handlers: ConnectionHandlers,
    private readonly open: (address: string, protocol: string) => WebSocket = (a, p) => new WebSocket(a, p),
  ) {
    this.#connect()
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly state = (): ConnectionState => this.#state

  say(message: TtyFromPage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }

  /** Bytes for the program. What is typed while there is no connection is lost, as it is in any terminal. */
  type(bytes: Uint8Array): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return
    for (let at = 0; at < bytes.length; at += PIECE) this.#socket.send(bytes.slice(at, at + PIECE))
  }

  /** Does not wait any longer. */
  readonly retry = (): void => this.#happened({ type: 'retry' })

  dispose(): void {
    this.#disposed = true
    clearTimeout(this.#timer)
    clearInterval(this.#ping)
    this.#listeners.clear()
    this.#socket?.close(1000)
  }

  #connect(): void {
    this.epoch++
    // Whoever only watched does not come back as the one who types, even if it is back first.
    const socket = this.open(`${this.address}${this.#watching ? '&watching=1' : ''}`, TTY_PROTOCOL)
    socket.binaryType = 'arraybuffer'
    this.#socket = socket
    this.#heardAt = Date.now()
    socket.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer | string>) => {
      if (socket !== this.#socket || this.#disposed) return
      this.#heardAt = Date.now()
      if (typeof data === 'string') this.#told(JSON.parse(data) as TtyToPage)
      else this.handlers.bytes(new Uint8Array(data))
    })
    socket.addEventListener('close', ({ code }) => this.#lost(socket, code))
    clearInterval(this.#ping)
    this.#ping = setInterval(() => {
      if (Date.now() - this.#heardAt <= DEAD_AFTER_MS) return this.say({ type: 'ping' })
      // A half-open socket takes minutes to close by itself.
      socket.close()
      this.#lost(socket, 1006)
    }, PING_EVERY_MS)
  }

  #told(message: TtyToPage): void {
    if (message.type === 'hello' || message.type === 'role') this.#watching = !message.writer
    if (message.type === 'hello') this.#happened({ type: 'hello' })
    this.handlers.message(message)
    if (message.type === 'exit') this.#happened({ type: 'exit', code: message.code })
  }

  #lost(socket: WebSocket, code: number): void {
    if (socket !== this.#socket || this.#disposed) return
    this.#socket = undefined
    clearInterval(this.#ping)
    this.#happened({ type: 'closed', code })
  }

  #happened(event: ConnectionEvent): void {
    if (this.#disposed) return
    const before = this.#state
    this.#state = nextState(before, event, Date.now(), Math.random())
    if (this.#state === before) return
    clearTimeout(this.#timer)
    if (this.#state.phase === 'waiting') this.#timer = setTimeout(this.retry, this.#state.retryAt - Date.now())
    if (this.#state.phase === 'connecting') this.#connect()
    for (const listener of this.#listeners) listener()
  }
}
