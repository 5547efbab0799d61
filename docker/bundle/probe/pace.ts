import type { ProbePace } from '../../../server/contract/probe.ts'

interface Limits {
  /** How long what must not answer is listened to, in milliseconds. */
  silenceMs: number
  /** How much of the processor's time files are searched: a home can be gigabytes. What is not reached is not searched. */
  searchMs: number
}

/**
 * An operator waits for the probe before a start. What hides from it by being slow is met by the next one, which nobody
 * waits for.
 */
export const PACES: Readonly<Record<ProbePace, Limits>> = {
  prompt: { silenceMs: 80, searchMs: 100 },
  thorough: { silenceMs: 500, searchMs: 400 },
}
