import { Refusal } from './refusal.ts'

export interface Authority {
  /** Lower-case A-label. */
  host: string
  port: number
}

// Looked at as raw characters on purpose: `new URL` and getaddrinfo turn `2130706433`, `0x7f.1`, `127.1` and full-width
// digits into 127.0.0.1, so a parser that helps is a way round the list.
const LABEL = '[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?'
const HOST = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`)
/** The last label of a name is never all digits or hex, so that no number can be taken for an address. */
const NUMERIC_END = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/

/**
 * Checks a host name as it came off the wire.
 * @returns it in lower case
 * @throws Refusal `address-literal` for anything that could be an address, `malformed` for the rest
 */
export function hostName(raw: string): string {
  const host = raw.toLowerCase()
  if (host.startsWith('[') || NUMERIC_END.test(host)) {
    throw new Refusal('address-literal', 400, 'Addresses are refused: name the host as a route names it.')
  }
  if (host.length > 253 || !HOST.test(host)) {
    throw new Refusal('malformed', 400, 'The host must be a plain ASCII name without trailing dot, user or escapes.')
  }
  return host
}

/**
 * Reads the target of CONNECT: `host:port`, both required.
 * @throws Refusal when it is not exactly that
 */
export function connectAuthority(raw: string): Authority {
  const at = raw.lastIndexOf(':')
  if (at <= 0) throw new Refusal('malformed', 400, 'CONNECT needs host:port.')
  return { host: hostName(raw.slice(0, at)), port: portNumber(raw.slice(at + 1)) }
}

/** Reads a Host header, where the port may be absent. */
export function hostHeader(raw: string, defaultPort: number): Authority {
  const at = raw.lastIndexOf(':')
  return at === -1
    ? { host: hostName(raw), port: defaultPort }
    : { host: hostName(raw.slice(0, at)), port: portNumber(raw.slice(at + 1)) }
}

function portNumber(raw: string): number {
  const port = /^[1-9]\d{0,4}$/.test(raw) ? Number(raw) : Number.NaN
  if (!(port <= 65535)) throw new Refusal('malformed', 400, 'The port must be a number from 1 to 65535.')
  return port
}
