import type { IncomingMessage } from 'node:http'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import type { Duplex } from 'node:stream'
import type { SecureContext } from 'node:tls'
import { vettedLookup } from './addresses.ts'
import { AuditEntry } from './audit.ts'
import { type Authority, hostHeader } from './authority.ts'
import { credentialHeader } from './credential.ts'
import type { Rules } from './exchange.ts'
import { upstreamHeaders, valuesOf, withoutHeaders } from './headers.ts'
import { lastWords } from './last-words.ts'
import { ByteWatch, needlesOf } from './reflection.ts'
import { Refusal } from './refusal.ts'
import { routeFor, routeMatches } from './table.ts'
import { requestTarget } from './target.ts'

const HANDSHAKE_MS = 15_000
/** Bytes that are kept of an agent that speaks before it was answered. */
const MOST_EARLY = 64 * 1024
const GONE = { message: 'The agent closed the connection before the answer.' }

/**
 * A WebSocket, where the route opts in with a match on the header `upgrade: websocket`. The handshake is judged like any
 * request; frames pass unscanned, which is why the opt-in exists. Extensions are dropped, so that an injected token
 * coming back is still seen.
 */
export async function upgradeWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  where: Authority & { rawTarget: string },
  rules: Rules,
): Promise<void> {
  const entry = new AuditEntry(rules.audit, {
    method: request.method ?? '',
    host: where.host,
    port: where.port,
    path: '',
  })
  socket.on('error', () => socket.destroy())
  try {
    const hosts = valuesOf(request.rawHeaders, 'host')
    const named = hosts.length === 1 ? hostHeader(hosts[0]!, 443) : null
    if (named?.host !== where.host || named.port !== where.port) {
      throw new Refusal('host-mismatch', 421, 'The Host header is not the host of the connection.')
    }
    const route = routeFor(rules.table, where.host, where.port)
    const target = requestTarget(where.rawTarget, route.hasPathRule)
    entry.note({ path: target.path })
    const header = (name: string) => valuesOf(request.rawHeaders, name)
    if (!route.websocket || request.method !== 'GET' || header('upgrade').join().toLowerCase() !== 'websocket') {
      throw new Refusal('websocket', 403, `The route to ${where.host} does not allow WebSockets.`)
    }
    if (!routeMatches(route, { method: 'GET', path: target.path, header })) {
      throw new Refusal('no-match', 403, `The route to ${where.host} does not allow ${target.path}.`)
    }
    const authority = where.port === 443 ? where.host : `${where.host}:${where.port}`
    const { headers } = upstreamHeaders(request.rawHeaders, authority, route.plan.auth?.header)
    const kept = withoutHeaders(headers, new Set(['sec-websocket-extensions']))
    const { outbound, onMatch } = route.plan.scan
    if (outbound !== false) {
      const parts = {
        host: where.host,
        path: target.path,
        query: target.query,
        headers: kept,
        body: null,
        encoding: null,
      }
      const { findings } = await rules.scanner.outbound(parts, outbound, onMatch === 'redact')
      if (findings.length > 0) throw new Refusal('secret-outbound', 403, 'The request holds what must not leave.')
    }
    const secrets: string[] = []
    if (route.plan.auth) {
      const token = rules.tokens.get(route.plan.auth.slot)
      if (token === undefined) throw new Refusal('token-missing', 503, 'The credential of this route is not there.')
      const [name, value] = credentialHeader(route.plan.auth, token)
      kept.push(name, value)
      secrets.push(token, value)
      entry.note({ slot: route.plan.auth.slot })
    }
    kept.push('connection', 'Upgrade', 'upgrade', 'websocket')
    // While it was scanned: `close` does not come again.
    if (socket.destroyed) return entry.write(GONE)
    join(socket, head, { where, path: target.path + target.query, headers: kept, secrets, entry, rules })
  } catch (error) {
    deny(socket, entry, error)
  }
}

interface Joining {
  where: Authority
  path: string
  headers: string[]
  secrets: readonly string[]
  entry: AuditEntry
  rules: Rules
}

function join(socket: Duplex, head: Buffer, { where, path, headers, secrets, entry, rules }: Joining): void {
  const { trust, resolver, vet } = rules.upstreamOptions
  const options: RequestOptions & { secureContext: SecureContext } = {
    host: where.host,
    port: where.port,
    path,
    headers,
    setHost: false,
    lookup: vettedLookup(rules.table.file.resolve, { resolver, vet }),
    servername: where.host,
    agent: false,
    secureContext: trust,
  }
  const asked = (where.port === 80 ? httpRequest : httpsRequest)(options)
  // Read all the while, or its going away would not be noticed.
  const early: Buffer[] = []
  let room = MOST_EARLY
  const keep = (chunk: Buffer) => {
    early.push(chunk)
    room -= chunk.length
    if (room < 0) socket.destroy()
  }
  const gone = () => {
    entry.write(GONE)
    asked.destroy()
    socket.destroy()
  }
  socket.on('data', keep).once('end', gone).once('close', gone)
  // Of the clock, not of silence: an upstream that goes on hinting is never silent.
  const late = setTimeout(
    () => asked.destroy(new Refusal('upstream', 504, 'The upstream did not answer in time.')),
    Math.min(HANDSHAKE_MS, rules.upstreamOptions.silenceMs),
  )
  asked.once('close', () => clearTimeout(late))
  asked.on('error', (error) => deny(socket, entry, error))
  asked.on('response', (response) => {
    response.destroy()
    deny(
      socket,
      entry,
      new Refusal('upstream', 502, `The upstream answered ${response.statusCode} instead of a WebSocket.`),
    )
  })
  asked.on('upgrade', (response, upstream, upstreamHead) => {
    clearTimeout(late)
    socket.off('data', keep).off('end', gone).off('close', gone)
    const watch = new ByteWatch(needlesOf(secrets))
    const lines = ['HTTP/1.1 101 Switching Protocols']
    for (let i = 0; i < response.rawHeaders.length; i += 2)
      lines.push(`${response.rawHeaders[i]}: ${response.rawHeaders[i + 1]}`)
    const answer = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
    const close = () => {
      entry.write({ status: 101 })
      socket.destroy()
      upstream.destroy()
    }
    if (watch.seenIn(answer)) {
      upstream.destroy()
      return deny(socket, entry, new Refusal('token-reflected', 502, 'The answer held the credential.'))
    }
    socket.write(answer)
    upstream.on('data', (chunk: Buffer) => {
      if (!watch.seenIn(chunk)) return entry.down(chunk.length)
      entry.write({ outcome: 'refused', rule: 'token-reflected', status: 101 })
      close()
    })
    socket.on('data', (chunk: Buffer) => entry.up(chunk.length))
    upstream.on('error', close).on('close', close)
    socket.on('close', close)
    if (upstreamHead.length > 0) upstream.unshift(upstreamHead)
    for (const chunk of [head, ...early]) if (chunk.length > 0) upstream.write(chunk)
    upstream.pipe(socket)
    socket.pipe(upstream)
  })
  asked.end()
}

function deny(socket: Duplex, entry: AuditEntry, error: unknown): void {
  const { cause, code } = error as { cause?: unknown; code?: string }
  const known = error instanceof Refusal ? error : cause
  const refusal =
    known instanceof Refusal
      ? known
      : new Refusal('upstream', 502, `The upstream could not be used${code ? `: ${code}` : ''}.`)
  entry.write({ outcome: 'refused', rule: refusal.rule, status: refusal.status, message: refusal.message })
  if (!socket.writable) return void socket.destroy()
  lastWords(socket, refusal)
}
