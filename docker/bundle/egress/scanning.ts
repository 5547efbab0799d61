/** Where in a request something was found. Never the value itself. */
export interface Finding {
  detector: string
  where: 'host' | 'path' | 'query' | 'header' | 'body'
}

/** The parts of a request that leave. */
export interface Outbound {
  host: string
  path: string
  query: string
  /** name, value, name, value … without what egress adds. */
  headers: readonly string[]
  /** As it will be sent; null while it is streamed. */
  body: Buffer | null
  /** Value of Content-Encoding, lower case; null when there is none. */
  encoding: string | null
}

export interface Verdict {
  findings: readonly Finding[]
  /** With every finding replaced, where that is possible; absent when it is not (an encoded or compressed one). */
  redacted?: Pick<Outbound, 'path' | 'query' | 'headers' | 'body'>
}

/** Looks for secrets in what leaves. Works in another thread, so that a scan never stalls the proxy. */
export interface Scanner {
  /** @param detectors which shapes to look for; empty for all. Known values are always looked for. */
  outbound(request: Outbound, detectors: readonly string[], redact: boolean): Promise<Verdict>
  /** A window of a body too large to hold; consecutive windows overlap. */
  window(bytes: Buffer, detectors: readonly string[]): Promise<readonly Finding[]>
}
