/** Checks of the boundary, in the order in which they are shown. One word for page, log, error and test. */
export const PROBE_CHECKS = [
  'control',
  'unlisted host',
  'address literal',
  'only way out',
  'host services',
  'dashboard',
  'other bottles',
  'metadata',
  'names',
  'engine socket',
  'tokens',
  'canary',
  'trust',
] as const
export type ProbeCheckName = (typeof PROBE_CHECKS)[number]

export interface ProbeCheck {
  name: ProbeCheckName
  /** `none`: nothing to check, such as other bottles where there are none. */
  result: 'green' | 'red' | 'none'
  /** What was seen. */
  detail: string
  durationMs: number
}

export interface ProbeReport {
  /** Epoch milliseconds. */
  at: number
  green: boolean
  checks: readonly ProbeCheck[]
  durationMs: number
}

/**
 * What the probe asks egress for and must be refused. Told apart from what an agent asks by being of no use to anybody:
 * a name that nobody can own, addresses that no route can allow, and the port of the discard service.
 */
export const PROBE_TARGETS = {
  unlisted: 'unlisted.bot-bottle.invalid:9',
  literals: ['127.0.0.1:9', '[::1]:9', '2130706433:9', '169.254.169.254:9'],
  metadata: 'metadata.google.internal:9',
} as const

/** `prompt`: somebody waits for it, such as a launch. `thorough`: nobody does, and who hides by being slow is met. */
export type ProbePace = 'prompt' | 'thorough'

/** What the script inside the bottle is told. Without secrets: a token is known to it by its digest alone. */
export interface ProbeInput {
  pace: ProbePace
  /** `http://10.209.0.2:9099` */
  proxy: string
  /** Addresses with a live listener of ours that must not be reached: `10.209.0.1:41234`. */
  listeners: readonly string[]
  /** Addresses of the dashboard, live too. */
  dashboard: readonly string[]
  /** Addresses of other bottles. */
  peers: readonly string[]
  /** Subnets in which the bottle may have an address, `10.209.0.0/28`. */
  subnets: readonly string[]
  /** SHA-256 in hex and length of each real token. */
  tokens: readonly { name: string; sha256: string; length: number }[]
  /** Name of the variable that holds the canary, and its digest: the script reads the value where the agent would. */
  canary: { variable: string; value: string }
}
