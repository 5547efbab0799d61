import type { EgressAudit } from '../contract/egress.ts'
import { PROBE_TARGETS } from '../contract/probe.ts'

const PROBED: ReadonlySet<string> = new Set([PROBE_TARGETS.unlisted, ...PROBE_TARGETS.literals, PROBE_TARGETS.metadata])

/** The probe's own attempts are not the agent's. Whoever imitates them hides only that it asked for what leads nowhere. */
export const isProbe = ({ outcome, method, host, port }: EgressAudit): boolean =>
  outcome === 'refused' && method === 'CONNECT' && PROBED.has(`${host}:${port}`)
