import type { EgressAudit } from '@/server/contract/egress.ts'
import type { NetworkRequest } from '@/server/contract/network.ts'
import type { StatusTone } from '../bottle-status'

export type Outcome = EgressAudit['outcome']
export const OUTCOMES = ['refused', 'redacted', 'allowed'] as const satisfies readonly Outcome[]

export const outcomeWord: Readonly<Record<Outcome, string>> = {
  allowed: 'Allowed',
  refused: 'Refused',
  redacted: 'Redacted',
}
export const outcomeTone: Readonly<Record<Outcome, StatusTone>> = {
  allowed: 'idle',
  refused: 'failed',
  redacted: 'needs',
}

/** What each rule of egress means to the operator, in a sentence. */
const RULES: Readonly<Record<string, string>> = {
  frozen: 'Egress was closed by the operator, so nothing was let out.',
  malformed: 'The request was written in a way that two readers could understand differently.',
  'address-literal': 'The request named an address in place of a host. Routes are by name.',
  'not-listed': 'No route names this host.',
  'port-not-listed': 'The host has a route, and this port is not in it.',
  'host-mismatch': 'The tunnel, the TLS name and the Host header did not agree.',
  'not-tls': 'What was sent through the tunnel was not TLS, so it could not be looked at.',
  method: 'The host has a route, and this method is not in it.',
  path: 'The host has a route, and this path is not in it.',
  'no-match': 'The host has a route, and no entry of it covers this method, path and headers.',
  'git-push': 'A push goes through the git gate and never straight out.',
  'git-fetch': 'The route does not allow to fetch with git.',
  websocket: 'The route does not allow WebSockets.',
  'secret-outbound': 'Scanning found a secret in the request.',
  encoding: 'The body is encoded in a way that cannot be scanned.',
  'too-large': 'The request is larger than what can be scanned.',
  'token-missing': 'The credential that the route adds is not there.',
  'private-address': 'The name leads to an address on this machine or in a private network.',
  upstream: 'The other side could not be reached, or did not answer as it should.',
  'token-reflected': 'The answer held the credential that was added, so it was cut off.',
  'injection-inbound': 'The answer held wording meant to direct the agent.',
}
export const ruleMeaning = (rule: string): string | null => RULES[rule] ?? null

/** Refusals that a route would lift; the others stand whatever the routes say. */
const LIFTED_BY_ROUTE: ReadonlySet<string> = new Set(['not-listed', 'port-not-listed', 'method', 'path', 'no-match'])
export const canBeAllowed = ({ outcome, rule }: NetworkRequest): boolean =>
  outcome === 'refused' && rule !== undefined && LIFTED_BY_ROUTE.has(rule)

/** In place of host and path where the request could not be read so far: egress tells no host then. */
export const UNREADABLE = 'not readable as HTTP'

/** `:8443`; nothing for the usual one, nor for 0, which stands for one that egress could not read. */
export const portWords = (port: number): string => (port === 443 || port === 0 ? '' : `:${port}`)

/** `https://api.example.com:8443/v1`, for reading and copying, and never a link: the agent chose it. */
export function addressOf({
  host,
  port,
  path,
  method,
}: Pick<EgressAudit, 'host' | 'port' | 'path' | 'method'>): string {
  if (host === '') return ''
  if (port === 0) return `${host}${path}`
  if (method === 'CONNECT') return `${host}:${port}`
  return port === 80 ? `http://${host}${path}` : `https://${host}${portWords(port)}${path}`
}

/** What the list says of why and how, after status and bytes: rule, findings, credential. */
export function decisionWords({ rule, findings, slot, stripped }: NetworkRequest): string {
  return [
    rule,
    findings && findings.length > 0 ? findings.join(', ') : null,
    slot ? `+ ${slot}` : null,
    stripped && stripped.length > 0 ? `− ${stripped.join(', ')}` : null,
  ]
    .filter(Boolean)
    .join(' · ')
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
/** `04:25:10`, in the reader's time zone. */
export const clockTime = (at: number): string => clock.format(at)
