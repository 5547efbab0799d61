import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Largest body of a request, in bytes. A launch with secrets and a plan id fits many times over. */
export const MAX_BODY_BYTES = 256 * 1024
/** Largest request head, in bytes; also given to `http.createServer`, which answers 431 by itself. */
export const MAX_HEADER_BYTES = 32 * 1024
const MAX_URL_LENGTH = 8 * 1024
const COOKIE = 'bot-bottle-token'

export interface GuardPolicy {
  /** Where the server listens, and the port that it got. */
  host: string
  port: number
  allowedHosts: readonly string[]
  token: string | null
}

export type Verdict =
  | { allow: true }
  /** `?token=` was right: keep it in a cookie and go on without it in the address. */
  | { allow: false; status: 303; location: string; cookie: string; reason: string }
  | { allow: false; status: 400 | 401 | 403 | 405 | 413 | 414 | 415 | 421; reason: string; message: string }

const refuse = (status: 400 | 401 | 403 | 405 | 413 | 414 | 415 | 421, reason: string, message: string): Verdict => ({
  allow: false,
  status,
  reason,
  message,
})

const MUTATING = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
/** What somebody without the token may read: a share's page, its data, and the assets that draw the page. */
const TOKENLESS = [/^\/share\/[^/]+\/?$/, /^\/api\/share\//, /^\/_next\/static\//, /^\/icon\.svg$/, /^\/favicon\.ico$/]

/**
 * Decides on every request and every upgrade, before anything else sees it. Any website can make a browser talk to
 * localhost, and any name can be made to resolve to 127.0.0.1: so the names (`Host`), the asker (`Origin`,
 * `Sec-Fetch-Site`) and the form (JSON only, GET never changes anything) are all checked here, and only here.
 */
export class Guard {
  readonly #hosts: ReadonlySet<string>

  constructor(private readonly policy: GuardPolicy) {
    const { host, port } = policy
    const names = ['localhost', '127.0.0.1', '[::1]', bracketed(host.toLowerCase())]
    this.#hosts = new Set([
      ...names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`])),
      ...policy.allowedHosts.flatMap((name) => (/:\d+$/.test(name) ? [name] : [name, `${name}:${port}`])),
    ])
  }

  check(req: IncomingMessage, isUpgrade: boolean): Verdict {
    return (
      this.#checkForm(req, isUpgrade) ??
      this.#checkHost(req) ??
      this.#checkCaller(req, isUpgrade) ??
      this.#checkToken(req, isUpgrade) ?? { allow: true }
    )
  }

  #checkForm(req: IncomingMessage, isUpgrade: boolean): Verdict | null {
    const url = req.url ?? ''
    const method = req.method ?? ''
    if (url.length > MAX_URL_LENGTH) return refuse(414, 'url too long', 'The address is too long.')
    // An absolute-form target would give the routes behind us another idea of the host than the header that we check.
    if (!url.startsWith('/') || url.startsWith('//'))
      return refuse(400, 'target not a path', 'The request target must be a path.')
    if (isUpgrade) {
      if (method !== 'GET') return refuse(405, `upgrade by ${method}`, 'Only GET can be upgraded.')
      return null
    }
    if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') {
      if (hasBody(req)) return refuse(400, `${method} with a body`, `A ${method} request carries no body here.`)
      return null
    }
    if (!MUTATING.has(method)) return refuse(405, `method ${method}`, 'This method is not supported.')
    const type = (req.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()
    if (type !== 'application/json')
      return refuse(415, `content-type ${type || 'absent'}`, 'Requests that change something must be application/json.')
    if (Number(req.headers['content-length'] ?? 0) > MAX_BODY_BYTES)
      return refuse(413, 'body too large', `The body is larger than ${MAX_BODY_BYTES} bytes.`)
    return null
  }

  #checkHost(req: IncomingMessage): Verdict | null {
    const host = (req.headers.host ?? '').toLowerCase()
    if (this.#hosts.has(host)) return null
    // The address that the connection really came in on cannot be a name that somebody else made resolve to it.
    const local = req.socket.localAddress?.replace(/^::ffff:/, '')
    if (local && host === `${bracketed(local)}:${this.policy.port}`) return null
    return refuse(
      421,
      `host ${host.slice(0, 100) || 'absent'}`,
      `This server does not answer to that name. Open http://localhost:${this.policy.port}, or list the name in BOT_BOTTLE_ALLOWED_HOSTS.`,
    )
  }

  #checkCaller(req: IncomingMessage, isUpgrade: boolean): Verdict | null {
    const { origin } = req.headers
    const site = req.headers['sec-fetch-site']
    const changes = MUTATING.has(req.method ?? '') || isUpgrade
    if (origin !== undefined && !this.#isOurOrigin(origin, req.headers.host ?? ''))
      return refuse(403, `origin ${origin.slice(0, 100)}`, 'Another site asked for this. It was refused.')
    if (site === undefined || site === 'same-origin' || site === 'none') {
      // Browsers always name the origin of an upgrade and of a request that changes something; programs can do so too.
      if (changes && origin === undefined && site !== 'same-origin' && !this.#holdsToken(req))
        return refuse(
          403,
          'no origin',
          `A request that changes something must carry the token, or name its origin: -H 'Origin: http://${req.headers.host}'.`,
        )
      return null
    }
    // A link from elsewhere may open a page, because opening a page changes nothing; nothing else may come from elsewhere.
    const navigates = req.headers['sec-fetch-mode'] === 'navigate' && req.headers['sec-fetch-dest'] === 'document'
    const url = req.url ?? ''
    if (!changes && navigates && (!url.startsWith('/api/') || url.startsWith('/api/share/'))) return null
    return refuse(403, `sec-fetch-site ${site}`, 'Another site asked for this. It was refused.')
  }

  #isOurOrigin(origin: string, host: string): boolean {
    if (!URL.canParse(origin)) return false
    const parsed = new URL(origin)
    // Ours means: the page came from the very name and port that this request goes to (and that passed #checkHost).
    return (parsed.protocol === 'http:' || parsed.protocol === 'https:') && parsed.host === host.toLowerCase()
  }

  #checkToken(req: IncomingMessage, isUpgrade: boolean): Verdict | null {
    const { token } = this.policy
    if (token === null || this.#holdsToken(req)) return null
    const url = new URL(req.url ?? '/', 'http://localhost')
    const reads = req.method === 'GET' || req.method === 'HEAD'
    if (reads && !isUpgrade && TOKENLESS.some((pattern) => pattern.test(url.pathname))) return null
    const given = url.searchParams.get('token')
    if (given !== null && req.method === 'GET' && !isUpgrade && sameSecret(given, token)) {
      url.searchParams.delete('token')
      return {
        allow: false,
        status: 303,
        location: url.pathname + url.search,
        cookie: `${COOKIE}=${encodeURIComponent(token)}; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000`,
        reason: 'token taken into a cookie',
      }
    }
    return refuse(
      401,
      given === null ? 'no token' : 'wrong token',
      'This server asks for its token. Open the address with ?token=… once, or send it as `Authorization: Bearer`.',
    )
  }

  #holdsToken(req: IncomingMessage): boolean {
    const { token } = this.policy
    if (token === null) return false
    const bearer = /^Bearer (\S+)$/i.exec(req.headers.authorization ?? '')?.[1]
    const cookie = (req.headers.cookie ?? '')
      .split(/;\s*/)
      .find((pair) => pair.startsWith(`${COOKIE}=`))
      ?.slice(COOKIE.length + 1)
    return (bearer !== undefined && sameSecret(bearer, token)) || (cookie !== undefined && sameCookie(cookie, token))
  }
}

const bracketed = (host: string) => (host.includes(':') ? `[${host}]` : host)

const hasBody = (req: IncomingMessage) =>
  req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0

/** Compares by hash, so that neither length nor content shows in the time it takes. */
function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

const sameCookie = (cookie: string, token: string): boolean => sameSecret(cookie, encodeURIComponent(token))
