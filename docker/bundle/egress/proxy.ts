import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { LookupOptions } from './addresses.ts'
import { AuditEntry, type AuditSink } from './audit.ts'
import { type Authority, connectAuthority } from './authority.ts'
import type { Mask } from './detail.ts'
import { exchange, type Rules, refuse } from './exchange.ts'
import { lastWords } from './last-words.ts'
import type { LeafIssuer } from './leaf-issuer.ts'
import { OWN_HOST, ownPage } from './own-pages.ts'
import { Refusal } from './refusal.ts'
import type { Scanner } from './scanning.ts'
import { type RouteTable, routeFor } from './table.ts'
import { PATIENCE, type Patience, Tunnels } from './tunnels.ts'
import { createUpstream, trusting } from './upstream.ts'
import { upgradeWebSocket } from './websocket.ts'
import { WireFaults } from './wire-fault.ts'

/** Tunnels open at one time. One bottle can only fill its own; past this, silent ones give way, or else it is 503. */
const TUNNEL_LIMIT = 2048
/** Connections beyond tunnels, most of them being told 503: past this, they are closed without a word. */
const CONNECTIONS_EACH = 8

export interface EgressOptions {
  table: RouteTable
  tokens: ReadonlyMap<string, string>
  issuer: LeafIssuer
  scanner: Scanner
  audit: AuditSink
  /** Takes secrets out of a text; without it, nothing of a text is told. */
  mask?: Mask
  /** PEM of the authorities that upstreams may have; absent: Node's own. */
  upstreamCa?: readonly string[]
  /** In tests. */
  lookup?: LookupOptions
  patience?: Partial<Patience>
  tunnelLimit?: number
}

/** What a hand-over brings. */
type Armed = 'tokens' | 'issuer' | 'upstreamCa' | 'mask'
const hidden: Mask = () => '[masked]'

/** The forward proxy of one bottle. */
export class Egress {
  #rules: Rules
  #mask: Mask
  readonly #patience: Patience
  readonly #faults = new WireFaults((fault) => this.#tellRaw(fault))
  readonly #tunnels: Tunnels
  /** Requests over plain HTTP that are being answered. */
  readonly #plain = new Map<ServerResponse, Authority>()
  readonly #server: Server

  constructor(private readonly options: EgressOptions) {
    const { tunnelLimit = TUNNEL_LIMIT } = options
    const patience = { ...PATIENCE, ...options.patience }
    this.#patience = patience
    this.#mask = options.mask ?? hidden
    this.#rules = this.#rulesOf(options.table, options.tokens, trusting(options.upstreamCa))
    this.#tunnels = new Tunnels(
      options.issuer,
      {
        request: (request, response, where) =>
          where.host === OWN_HOST
            ? void ownPage(request, response, request.url ?? '', this.#rules)
            : void exchange(request, response, this.#inside(request, where), this.#rules),
        upgrade: (request, socket, head, where) =>
          void upgradeWebSocket(request, socket, head, this.#inside(request, where), this.#rules),
        refused: ({ host, port }, rule, message, status) =>
          new AuditEntry(this.#rules.audit, { method: 'CONNECT', host, port, path: '' }).write({
            outcome: 'refused',
            rule,
            message,
            ...(status !== undefined && { status }),
          }),
      },
      patience,
    )
    this.#server = createServer(
      {
        maxHeaderSize: 64 * 1024,
        headersTimeout: patience.headersMs,
        connectionsCheckingInterval: Math.min(5_000, patience.headersMs),
        // A missing Host is refused by us, so that it is told.
        requireHostHeader: false,
        requestTimeout: 0,
      },
      (request, response) => this.#absolute(request, response),
    )
    this.#server.maxConnections = CONNECTIONS_EACH * tunnelLimit
    this.#server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) =>
      this.#connect(request, socket, head),
    )
    this.#server.on('upgrade', (_request, socket) => {
      const refusal = new Refusal('websocket', 403, 'A WebSocket is opened inside CONNECT.')
      this.#tellRaw(refusal)
      lastWords(socket, refusal)
    })
    this.#server.on('clientError', (error, socket) => this.#faults.take(error, socket))
  }

  get table(): RouteTable {
    return this.#rules.table
  }

  /** @returns the port it listens on */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, host, () => resolve((this.#server.address() as AddressInfo).port))
    })
  }

  /** Connections that agents have to it now, whatever they are for. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) =>
      this.#server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    )
  }

  /** Puts a new table in force at once: what it no longer allows is cut, also in the middle. */
  use(table: RouteTable): void {
    this.#replace(this.#rulesOf(table, this.#rules.tokens, this.#rules.upstreamOptions.trust))
    const keep = ({ host, port }: Authority) =>
      host === OWN_HOST || (!table.file.frozen && table.byHost.get(host)?.ports.has(port) === true)
    this.#tunnels.cut(keep)
    for (const [response, where] of this.#plain) if (!keep(where)) response.destroy()
  }

  /** Takes over what was handed over anew. Connections go on; a new authority signs the next ones. */
  arm({ tokens, issuer, upstreamCa, mask = hidden }: Pick<EgressOptions, Armed>): void {
    this.#mask = mask
    this.#replace(this.#rulesOf(this.#rules.table, tokens, trusting(upstreamCa)))
    this.#tunnels.signWith(issuer)
  }

  #replace(rules: Rules): void {
    const before = this.#rules
    this.#rules = rules
    const cut = rules.table.file.frozen ? before.upstream.destroy() : before.upstream.close()
    cut.catch(() => {})
  }

  async close(): Promise<void> {
    this.#tunnels.close()
    this.#server.close()
    this.#server.closeAllConnections()
    await this.#rules.upstream.destroy()
  }

  #rulesOf(table: RouteTable, tokens: Rules['tokens'], trust: Rules['upstreamOptions']['trust']): Rules {
    const { scanner, lookup = {} } = this.options
    const all = this.options.audit
    // Level 0 tells only what was not let through as it was.
    const audit: AuditSink = table.file.log === 0 ? (line) => line.outcome !== 'allowed' && all(line) : all
    const upstreamOptions = { ...lookup, trust, silenceMs: this.#patience.silenceMs }
    const upstream = createUpstream({ ...upstreamOptions, fixed: table.file.resolve })
    return { table, tokens, scanner, audit, mask: this.#mask, needles: new Map(), upstream, upstreamOptions }
  }

  #inside(request: IncomingMessage, where: Authority) {
    return { ...where, tls: true, rawTarget: request.url ?? '' }
  }

  /** CONNECT: host and port are decided before 200 is said. */
  #connect(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const raw = request.url ?? ''
    try {
      if (raw.toLowerCase() === `${OWN_HOST}:443`) {
        this.#open(socket, head, { host: OWN_HOST, port: 443 })
        return
      }
      const where = connectAuthority(raw)
      const route = routeFor(this.#rules.table, where.host, where.port)
      if (where.port === 80)
        throw new Refusal('not-tls', 403, `${route.host} is allowed over plain HTTP: ask without CONNECT.`)
      this.#open(socket, head, where)
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal('malformed', 400, 'The request cannot be read.')
      const at = raw.lastIndexOf(':')
      new AuditEntry(this.#rules.audit, {
        method: 'CONNECT',
        host: raw.slice(0, Math.min(at === -1 ? raw.length : at, 300)),
        port: Number(raw.slice(at + 1)) || 0,
        path: '',
      }).write({ outcome: 'refused', rule: refusal.rule, status: refusal.status, message: refusal.message })
      lastWords(socket, refusal)
    }
  }

  /** What is no request to a host: it is told without one. */
  #tellRaw({ rule, status, message }: Refusal): void {
    const nobody = { method: '', host: '', port: 0, path: '' }
    new AuditEntry(this.#rules.audit, nobody).write({ outcome: 'refused', rule, status, message })
  }

  #open(socket: Socket, head: Buffer, where: Authority): void {
    if (this.#tunnels.size >= (this.options.tunnelLimit ?? TUNNEL_LIMIT) && !this.#tunnels.makeRoom())
      throw new Refusal('too-large', 503, 'Too many connections are open.')
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    this.#tunnels.adopt(socket, head, where)
  }

  /** Plain HTTP in absolute form, and our own page of what is allowed. */
  #absolute(request: IncomingMessage, response: ServerResponse): void {
    this.#faults.during(request, response)
    const parts = /^http:\/\/([^/?#]*)([/?].*)?$/.exec(request.url ?? '')
    const authority = parts?.[1] ?? ''
    if (parts && authority.toLowerCase() === OWN_HOST) {
      void ownPage(request, response, parts[2] ?? '/', this.#rules)
      return
    }
    const entry = new AuditEntry(this.#rules.audit, {
      method: request.method ?? '',
      host: authority.slice(0, 300),
      port: 0,
      path: '',
    })
    try {
      if (!parts)
        throw new Refusal('malformed', 400, 'This is a forward proxy: use CONNECT, or an absolute http:// address.')
      const where = connectAuthority(/:\d*$/.test(authority) ? authority : `${authority}:80`)
      // Any other port is for TLS, and may be given a credential: neither goes out in the clear.
      if (where.port !== 80) throw new Refusal('not-tls', 403, `Port ${where.port} is for TLS: use CONNECT.`)
      const target = parts[2] ?? '/'
      const rawTarget = target.startsWith('?') ? `/${target}` : target
      this.#plain.set(response, where)
      response.once('close', () => this.#plain.delete(response))
      void exchange(request, response, { ...where, tls: false, rawTarget }, this.#rules)
    } catch (error) {
      refuse(response, entry, error)
    }
  }
}
