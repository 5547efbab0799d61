/** Header list as Node's `rawHeaders`: name, value, name, value … in the order of the wire. */
export type RawHeaders = readonly string[]

/** For this hop only (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'expect',
])

/** Whatever could carry a credential of the agent's own. Egress adds the only ones that count. */
const CREDENTIALS = new Set([
  'authorization',
  'cookie',
  'x-api-key',
  'api-key',
  'x-auth-token',
  'x-access-token',
  'x-goog-api-key',
  'private-token',
  'job-token',
  'deploy-token',
  'x-gitlab-token',
  'x-github-token',
  'x-vault-token',
  'x-amz-security-token',
])

/** Would let an allowed method stand for another. */
const METHOD_OVERRIDE = new Set(['x-http-method-override', 'x-http-method', 'x-method-override'])

/** Names of the headers that a `Connection` header declares to be for this hop. */
function namedByConnection(headers: RawHeaders): ReadonlySet<string> {
  let names = NONE
  for (const value of valuesOf(headers, 'connection')) {
    names = new Set([...names, ...value.split(',').map((name) => name.trim().toLowerCase())])
  }
  return names
}
const NONE: ReadonlySet<string> = new Set()

export interface UpstreamHeaders {
  headers: string[]
  /** Names of the credential headers that the agent sent and that went no further. */
  stripped: string[]
}

/**
 * The headers that go upstream: built anew from what the agent sent, less hop-by-hop, credentials and `Host`.
 * @param injects name of the header that the route adds, which is stripped too
 */
export function upstreamHeaders(raw: RawHeaders, host: string, injects?: string): UpstreamHeaders {
  const named = namedByConnection(raw)
  const injected = injects?.toLowerCase()
  const headers = ['host', host]
  const stripped: string[] = []
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!
    const lower = name.toLowerCase()
    if (CREDENTIALS.has(lower) || lower === injected) stripped.push(lower)
    else if (lower === 'host' || HOP_BY_HOP.has(lower) || named.has(lower) || METHOD_OVERRIDE.has(lower)) continue
    else headers.push(name, raw[i + 1]!)
  }
  return { headers, stripped }
}

/** Headers of an answer on their way to the agent, less what was for the upstream hop only. */
export function downstreamHeaders(raw: RawHeaders): string[] {
  const named = namedByConnection(raw)
  const headers: string[] = []
  for (let i = 0; i < raw.length; i += 2) {
    const lower = raw[i]!.toLowerCase()
    if (!HOP_BY_HOP.has(lower) && !named.has(lower)) headers.push(raw[i]!, raw[i + 1]!)
  }
  return headers
}

/** All values of a header. */
export function valuesOf(raw: RawHeaders, name: string): string[] {
  const values: string[] = []
  for (let i = 0; i < raw.length; i += 2) {
    const other = raw[i]!
    if (other.length === name.length && other.toLowerCase() === name) values.push(raw[i + 1]!)
  }
  return values
}

/** @param names in lower case */
export function withoutHeaders(raw: RawHeaders, names: ReadonlySet<string>): string[] {
  const headers: string[] = []
  for (let i = 0; i < raw.length; i += 2) if (!names.has(raw[i]!.toLowerCase())) headers.push(raw[i]!, raw[i + 1]!)
  return headers
}
