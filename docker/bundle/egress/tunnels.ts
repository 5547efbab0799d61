import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Authority } from './authority.ts'
import { lastWords } from './last-words.ts'
import type { LeafIssuer } from './leaf-issuer.ts'
import { Refusal, type RefusalRule } from './refusal.ts'
import { WireFaults } from './wire-fault.ts'

/** How long a client may take. Only tests have less patience. */
export interface Patience {
  /** For the first byte in a tunnel, and for the TLS handshake. */
  firstByteMs: number
  /** For the first byte where tunnels are scarce. Programs send theirs as soon as they may. */
  scarceMs: number
  /** For all headers of a request. */
  headersMs: number
  /** For the upstream's answer to begin, and to go on. Models may think for minutes. */
  silenceMs: number
}
export const PATIENCE: Patience = { firstByteMs: 15_000, scarceMs: 1_000, headersMs: 30_000, silenceMs: 10 * 60_000 }
const TLS_HANDSHAKE_RECORD = 0x16
/** Of Node since 24.12, which its types do not know yet: a request without a body is not made to say so by events. */
const NO_EMPTY_STREAMS = { optimizeEmptyRequests: true }

export interface TunnelEvents {
  request(request: IncomingMessage, response: ServerResponse, where: Authority): void
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, where: Authority): void
  /** Something in a tunnel that was no request: why, for the audit. `status` where an answer could be given. */
  refused(where: Authority, rule: RefusalRule, message: string, status?: number): void
}

/** Ends the TLS of tunnels, one HTTPS server for each allowed host and port, made at its first use. */
export class Tunnels {
  readonly #servers = new Map<string, Promise<Server>>()
  readonly #live = new Map<Socket, Authority>()
  /** Those in which nothing was said yet, and since when; the oldest first. */
  readonly #silent = new Map<Socket, number>()

  constructor(
    private issuer: LeafIssuer,
    private readonly events: TunnelEvents,
    private readonly patience: Patience,
  ) {}

  get size(): number {
    return this.#live.size
  }

  /**
   * Takes over the plain socket of a CONNECT that was answered with 200.
   *
   * Nothing is set up before its first byte has come and is a TLS handshake: a TLS socket made earlier does not notice a
   * client that goes away, and thousands of those were seen to cost gigabytes outside of V8's heap.
   */
  adopt(socket: Socket, head: Buffer, where: Authority): void {
    this.#live.set(socket, where)
    this.#silent.set(socket, performance.now())
    socket.once('close', () => {
      this.#live.delete(socket)
      this.#silent.delete(socket)
    })
    socket.on('error', () => socket.destroy())
    const timer = setTimeout(() => socket.destroy(), this.patience.firstByteMs)
    socket.once('close', () => clearTimeout(timer))
    const gone = () => socket.destroy()
    socket.once('end', gone)
    socket.once('data', (first: Buffer) => {
      clearTimeout(timer)
      this.#silent.delete(socket)
      socket.off('end', gone)
      socket.pause()
      if (first[0] !== TLS_HANDSHAKE_RECORD) {
        this.events.refused(where, 'not-tls', 'Only TLS passes through CONNECT.')
        return void socket.destroy()
      }
      socket.unshift(first)
      this.#server(where).then(
        (server) => server.emit('connection', socket),
        () => socket.destroy(),
      )
    })
    if (head.length > 0) socket.unshift(head)
  }

  /**
   * Closes the tunnel that has been silent longest, if that is long enough: thousands that were opened and left cannot
   * keep a request out.
   * @returns false when all are in use
   */
  makeRoom(): boolean {
    const [oldest] = this.#silent
    if (!oldest || performance.now() - oldest[1] < this.patience.scarceMs) return false
    const [socket] = oldest
    this.events.refused(
      this.#live.get(socket)!,
      'too-large',
      'Nothing was said in this tunnel, and its place was needed.',
    )
    // At once: the event comes later than the newcomer.
    this.#live.delete(socket)
    this.#silent.delete(socket)
    socket.destroy()
    return true
  }

  /** Another authority, such as after a hand-over: tunnels opened from now on show its leaves. */
  signWith(issuer: LeafIssuer): void {
    if (issuer.isSame(this.issuer)) return
    this.issuer = issuer
    this.#retire()
  }

  /** Cuts the live tunnels that `keep` does not want any more. */
  cut(keep: (where: Authority) => boolean): void {
    for (const [socket, where] of this.#live) if (!keep(where)) socket.destroy()
  }

  #server(where: Authority): Promise<Server> {
    const key = `${where.host}:${where.port}`
    const known = this.#servers.get(key)
    if (known) return known
    const made = this.#make(where)
    this.#servers.set(key, made)
    made.catch(() => this.#servers.delete(key))
    return made
  }

  async #make(where: Authority): Promise<Server> {
    const { certificate, key } = await this.issuer.leaf(where.host)
    const tell = ({ rule, message, status }: Refusal) => this.events.refused(where, rule, message, status)
    const faults = new WireFaults(tell)
    const server = createServer(
      {
        cert: certificate,
        key,
        ALPNProtocols: ['http/1.1'],
        minVersion: 'TLSv1.2',
        handshakeTimeout: this.patience.firstByteMs,
        headersTimeout: this.patience.headersMs,
        connectionsCheckingInterval: Math.min(5_000, this.patience.headersMs),
        // A missing Host is refused by us, so that it is told.
        requireHostHeader: false,
        requestTimeout: 0, // uploads of gigabytes; the agent's own connection is all it can hold
        ...NO_EMPTY_STREAMS,
        keepAliveTimeout: 60_000,
        maxHeaderSize: 64 * 1024,
        SNICallback: (name, done) => {
          if (name.toLowerCase() === where.host) return done(null)
          this.events.refused(where, 'host-mismatch', `The TLS name ${name.slice(0, 100)} is not the host of CONNECT.`)
          done(new Error('TLS name differs from CONNECT'))
        },
      },
      (request, response) => {
        faults.during(request, response)
        this.events.request(request, response, where)
      },
    )
    server.on('upgrade', (request, socket, head) => this.events.upgrade(request, socket, head, where))
    server.on('connect', (_request, socket: Duplex) => {
      const refusal = new Refusal('method', 405, 'A tunnel inside a tunnel is refused.')
      tell(refusal)
      lastWords(socket, refusal)
    })
    server.on('clientError', (error, socket: Duplex) => faults.take(error, socket))
    server.on('tlsClientError', (_error, socket) => socket.destroy())
    // The checker of header time-outs starts on `listening`, which never comes for a server fed by `connection`.
    server.emit('listening')
    return server
  }

  close(): void {
    this.cut(() => false)
    this.#retire()
  }

  /** Servers that get no new connection. `close` ends the interval that `listening` began. */
  #retire(): void {
    for (const made of this.#servers.values()) {
      made.then(
        (server) => server.emit('close'),
        () => {},
      )
    }
    this.#servers.clear()
  }
}
