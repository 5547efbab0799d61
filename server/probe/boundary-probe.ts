import { createHash } from 'node:crypto'
import { z } from 'zod'
import { PROBE_CHECKS, type ProbeCheck, type ProbeInput, type ProbePace, type ProbeReport } from '../contract/probe.ts'
import { HintedError } from '../errors.ts'
import { openLiveListener } from './live-listener.ts'

/** A bottle as the probe needs it; each backend has its own way inside. */
export interface ProbeTarget {
  /** Runs a Node module inside, as the agent's user with the agent's environment. @returns its standard output */
  run(script: string, signal: AbortSignal): Promise<string>
  pace: ProbePace
  /** Where the agent finds egress, `http://10.209.0.2:9099`. */
  proxy: string
  /** Networks that the bottle is meant to be on. */
  subnets: readonly string[]
  /** Addresses that could lead to this machine from inside, such as the gateway of the bottle's network. */
  gateways: readonly string[]
  /** `address:port` of what runs in other bottles, live. */
  peers: readonly string[]
}

export interface ProbeFacts {
  /** The bundled script, `dist/bundle/probe.mjs`. */
  script: string
  /** Real tokens by slot. Only their digests go inside. */
  tokens: ReadonlyMap<string, string>
  canary: { variable: string; value: string }
  /** Where this dashboard listens; null in tests without one. */
  dashboardPort: number | null
}

const answer = z.array(
  z.object({
    name: z.enum(PROBE_CHECKS),
    result: z.enum(['green', 'red', 'none']),
    detail: z.string().max(2000),
    durationMs: z.number(),
  }),
)

/**
 * Proves the boundary from inside: a listener that is live, a control that must succeed, and every refusal tried.
 * What the bottle answers is hostile; a check that is missing or cannot be read counts as red.
 */
export async function boundaryProbe(target: ProbeTarget, facts: ProbeFacts, signal: AbortSignal): Promise<ProbeReport> {
  const at = Date.now()
  const startedAt = performance.now()
  await using listener = await openLiveListener()
  const input: ProbeInput = {
    pace: target.pace,
    proxy: target.proxy,
    listeners: [...listener.addresses, ...target.gateways.map((address) => `${address}:${listener.port}`)],
    dashboard: facts.dashboardPort === null ? [] : dashboardAddresses(target, listener.addresses, facts.dashboardPort),
    peers: target.peers,
    subnets: target.subnets,
    tokens: [...facts.tokens].map(([name, value]) => ({
      name,
      sha256: createHash('sha256').update(value).digest('hex'),
      length: value.length,
    })),
    canary: facts.canary,
  }
  const said = await target.run(`globalThis.probeInput = ${JSON.stringify(input)}\n${facts.script}`, signal)
  const checks = readChecks(said)
  return {
    at,
    green: checks.every(({ result }) => result !== 'red'),
    checks,
    durationMs: Math.round(performance.now() - startedAt),
  }
}

/** Every check of the contract, in its order; one that was not answered is red. */
export function readChecks(said: string): ProbeCheck[] {
  const parsed = answer.safeParse(parseLastLine(said))
  const answered = new Map(parsed.success ? parsed.data.map((check) => [check.name, check]) : [])
  return PROBE_CHECKS.map(
    (name) =>
      answered.get(name) ?? { name, result: 'red', detail: 'The bottle gave no answer to this check.', durationMs: 0 },
  )
}

/** A red probe as the reason why a launch stops. */
export class BoundaryError extends HintedError {
  constructor(readonly report: ProbeReport) {
    const red = report.checks.filter(({ result }) => result === 'red')
    super(
      `The boundary does not hold at ${red.map(({ name }) => `“${name}”`).join(', ')}: ${red[0]?.detail ?? ''}`,
      'The agent was not started. Look at the check and at the doctor on the system page; this is never to be ignored.',
    )
    this.name = 'BoundaryError'
  }
}

function parseLastLine(said: string): unknown {
  try {
    return JSON.parse(said.trim().split('\n').at(-1) ?? '')
  } catch {
    return null
  }
}

/** The dashboard listens on loopback; it must not be reached at any address of this machine whatever it is bound to. */
const dashboardAddresses = (target: ProbeTarget, addresses: readonly string[], port: number): string[] =>
  [...new Set([...addresses.map((address) => address.split(':')[0]!), ...target.gateways])].map(
    (host) => `${host}:${port}`,
  )
