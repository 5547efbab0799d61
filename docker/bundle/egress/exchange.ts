import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { Agent } from 'undici'
import { answer } from './answer.ts'
import { AuditEntry, type AuditSink } from './audit.ts'
import { type Authority, hostHeader } from './authority.ts'
import { credentialHeader } from './credential.ts'
import { Detail, type Mask } from './detail.ts'
import { refusedGit } from './git-rule.ts'
import { upstreamHeaders, valuesOf, withoutHeaders } from './headers.ts'
import { type Needles, needlesOf } from './reflection.ts'
import { Refusal, refusalBody } from './refusal.ts'
import { hasBody, passedOn, readUpTo, scannedStream } from './request-body.ts'
import type { Finding, Outbound, Scanner } from './scanning.ts'
import { type CompiledRoute, type RouteTable, routeFor, routeMatches } from './table.ts'
import { requestTarget, type Target } from './target.ts'
import type { UpstreamOptions } from './upstream.ts'

/** What every request is judged and carried by; replaced as a whole when the table changes. */
export interface Rules {
  table: RouteTable
  upstream: Agent
  upstreamOptions: Omit<UpstreamOptions, 'fixed'>
  /** Token values by slot; in memory only. */
  tokens: ReadonlyMap<string, string>
  scanner: Scanner
  audit: AuditSink
  /** What must not come back, by slot: filled at the first use of each. */
  needles: Map<string, Needles>
  /** Takes secrets out of what is told at log level 2. */
  mask: Mask
}

/**
 * One request, in the order that the boundary promises: strip → git rule → route → match → outbound scan → add the
 * credential → vetted address → streamed answer → inbound scan.
 *
 * @param where the host and port that the tunnel was opened to, or that the absolute form named
 */
export async function exchange(
  request: IncomingMessage,
  response: ServerResponse,
  where: Authority & { tls: boolean; rawTarget: string },
  rules: Rules,
): Promise<void> {
  const method = request.method ?? ''
  const entry = new AuditEntry(rules.audit, {
    method,
    host: where.host,
    port: where.port,
    path: shown(where.rawTarget),
  })
  try {
    checkHost(request, where)
    if (!/^[A-Z][A-Z-]{0,19}$/.test(method) || method === 'TRACE' || method === 'CONNECT') {
      throw new Refusal('method', 405, `The method ${method.slice(0, 20)} is refused.`)
    }
    const found = rules.table.byHost.get(where.host)
    const target = requestTarget(where.rawTarget, found?.hasPathRule ?? false)
    entry.note({ path: target.path })
    const git = refusedGit(method, target, found?.plan.gitFetch ?? false)
    if (git) throw git
    const route = routeFor(rules.table, where.host, where.port)
    const header = (name: string) => valuesOf(request.rawHeaders, name)
    if (!routeMatches(route, { method, path: target.path, header })) {
      throw new Refusal('no-match', 403, `The route to ${where.host} does not allow ${method} ${target.path}.`)
    }
    await carry(request, response, { where, target, route, entry, rules })
  } catch (error) {
    refuse(response, entry, error)
  }
}

const NONE: ReadonlySet<string> = new Set()
/** An answer in a coding that we cannot look into could carry the token back. */
const CODED: ReadonlySet<string> = new Set(['accept-encoding'])
/** A token asked for in slices would come back in pieces too small to be known again. */
const UNCHECKED: ReadonlySet<string> = new Set(['accept-encoding', 'range', 'if-range'])
const LENGTH: ReadonlySet<string> = new Set(['content-length'])

interface Carried {
  where: Authority & { tls: boolean }
  target: Target
  route: CompiledRoute
  entry: AuditEntry
  rules: Rules
}

async function carry(request: IncomingMessage, response: ServerResponse, carried: Carried): Promise<void> {
  const { where, route, entry, rules } = carried
  const auth = route.plan.auth
  const authority = authorityOf(where)
  const { headers, stripped } = upstreamHeaders(request.rawHeaders, authority, auth?.header)
  if (stripped.length > 0) entry.note({ stripped: [...new Set(stripped)] })

  const detail = rules.table.file.log === 2 ? new Detail(rules.mask) : null
  if (detail) {
    detail.asked(carried.target.query, headers, null)
    entry.keep(detail)
  }
  const left = await scanned(
    request,
    { ...carried.target, host: where.host, headers, body: null, encoding: null },
    carried,
  )
  detail?.asked(left.query, left.headers, Buffer.isBuffer(left.body) ? left.body : null)
  const looksInside = auth !== null || route.plan.scan.inbound !== false
  const sent = withoutHeaders(left.headers, auth ? UNCHECKED : looksInside ? CODED : NONE)
  if (looksInside) sent.push('accept-encoding', 'identity')
  let secrets: Needles | null = null
  if (auth) {
    const token = rules.tokens.get(auth.slot)
    if (token === undefined) {
      throw new Refusal(
        'token-missing',
        503,
        `The credential ${auth.slot} of this route is not there; the operator can hand it over again.`,
      )
    }
    const [name, value] = credentialHeader(auth, token)
    sent.push(name, value)
    secrets = rules.needles.get(auth.slot) ?? needlesOf([token, value])
    rules.needles.set(auth.slot, secrets)
    entry.note({ slot: auth.slot })
  }
  await answer({
    upstream: rules.upstream,
    request: {
      origin: `${where.tls ? 'https' : 'http'}://${authority}`,
      path: left.path + left.query,
      method: (request.method ?? 'GET') as 'GET',
      headers: sent,
      body: left.body,
    },
    response,
    secrets,
    scanInbound: route.plan.scan.inbound,
    blockInbound: route.plan.scan.onInbound === 'block',
    entry,
    detail,
  })
}

/** In place of a path that holds a secret, in whatever disguise: an audit line must not carry it on. */
const HELD_BACK = '[masked]'

interface Left extends Pick<Outbound, 'path' | 'query' | 'headers'> {
  body: Buffer | Readable | null
}

/** The outbound scan. @returns what may leave, as it is or redacted @throws Refusal when it may not */
async function scanned(request: IncomingMessage, outbound: Outbound, { route, entry, rules }: Carried): Promise<Left> {
  const { outbound: detectors, onMatch } = route.plan.scan
  const isBodied = hasBody(request)
  // Without one, Node itself ends the request once it is answered.
  if (isBodied) request.on('data', (chunk: Buffer) => entry.up(chunk.length)).pause()
  if (detectors === false) return { ...outbound, body: isBodied ? passedOn(request) : null }

  const encoding = valuesOf(request.rawHeaders, 'content-encoding').join(',').trim().toLowerCase() || null
  const read = isBodied ? await readUpTo(request) : null
  const whole: Outbound = { ...outbound, encoding, body: read && 'whole' in read ? read.whole : null }
  const verdict = await rules.scanner.outbound(whole, detectors, onMatch === 'redact')
  if (verdict.findings.length > 0) {
    entry.note({ findings: names(verdict.findings) })
    if (verdict.findings.some(({ where }) => where === 'path'))
      entry.note({ path: verdict.redacted?.path ?? HELD_BACK })
    if (onMatch !== 'redact' || !verdict.redacted) throw secretFound(verdict.findings)
    entry.note({ outcome: 'redacted' })
  }
  const left = verdict.redacted ? { ...whole, ...verdict.redacted } : whole
  if (!read) return left
  // Its length may have changed; undici says what it is.
  if ('whole' in read) return { ...left, headers: withoutHeaders(left.headers, LENGTH) }
  if (encoding)
    throw new Refusal('encoding', 413, 'A compressed body of more than 8 MiB cannot be scanned: send it uncompressed.')
  const rest = passedOn(request, read.begun)
  const body = scannedStream(rest, rules.scanner, detectors, (findings) => {
    entry.note({ findings: names(findings) })
    return secretFound(findings)
  })
  return { ...left, body }
}

/** As a Host header names it: the port only where it is not the usual one. */
const authorityOf = ({ host, port, tls }: Authority & { tls: boolean }): string =>
  port === (tls ? 443 : 80) ? host : `${host}:${port}`

/** Exactly one Host header, and it names what the tunnel was opened to: no domain fronting. */
function checkHost(request: IncomingMessage, where: Authority & { tls: boolean }): void {
  const hosts = valuesOf(request.rawHeaders, 'host')
  if (hosts.length !== 1) throw new Refusal('host-mismatch', 400, 'Exactly one Host header is needed.')
  if (hosts[0] === authorityOf(where)) return // as nearly always, and nothing is to be read then
  const { host, port } = hostHeader(hosts[0]!, where.tls ? 443 : 80)
  if (host !== where.host || port !== where.port) {
    throw new Refusal(
      'host-mismatch',
      421,
      `The Host header names ${host}:${port}, the connection ${where.host}:${where.port}.`,
    )
  }
}

/** Answers a refusal if that is still possible, and writes its one line of audit. */
export function refuse(response: ServerResponse, entry: AuditEntry, error: unknown): void {
  const refusal =
    error instanceof Refusal ? error : new Refusal('upstream', 502, 'The request could not be carried out.')
  entry.write({ outcome: 'refused', rule: refusal.rule, status: refusal.status, message: refusal.message })
  if (response.headersSent || response.destroyed) return void response.destroy()
  const body = refusalBody(refusal)
  response.writeHead(refusal.status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-bot-bottle-refused': refusal.rule,
    // What is left of the agent's body is not read, so the connection cannot be used again.
    connection: 'close',
  })
  response.end(body)
}

const names = (findings: readonly Finding[]): string[] => [
  ...new Set(findings.map(({ detector, where }) => `${detector} in ${where}`)),
]
const secretFound = (findings: readonly Finding[]) =>
  new Refusal('secret-outbound', 403, `The request holds what must not leave: ${names(findings).join(', ')}.`)
const shown = (target: string): string => (target.split('?')[0] ?? '').slice(0, 500)
