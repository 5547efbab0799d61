import type { ProbeCheck, ProbeCheckName } from '@/server/contract/probe.ts'

/** What each check proves, as a promise. */
export const CHECK_MEANING: Readonly<Record<ProbeCheckName, string>> = {
  control: 'An allowed request gets through, so a refusal below means something.',
  'unlisted host': 'A host without a route is refused.',
  'address literal': 'An address in place of a name is refused.',
  'only way out': 'Nothing gets out past egress.',
  'host services': 'Nothing that listens on this machine is reached.',
  dashboard: 'This dashboard is not reached.',
  'other bottles': 'No other bottle is reached.',
  metadata: 'The metadata address of a cloud is not reached.',
  names: 'No name is resolved inside.',
  'engine socket': 'The container engine is not reached.',
  tokens: 'No real token is in the environment, the files or the processes.',
  canary: 'A planted secret does not get out.',
  trust: 'Every toolchain found trusts the certificate of this bottle and needs no other.',
}

export interface BoundaryCount {
  /** Those that had something to check. */
  checked: number
  green: number
  /** Names of the red ones. */
  red: readonly ProbeCheckName[]
}

export function countChecks(checks: readonly ProbeCheck[]): BoundaryCount {
  const done = checks.filter(({ result }) => result !== 'none')
  return {
    checked: done.length,
    green: done.filter(({ result }) => result === 'green').length,
    red: done.filter(({ result }) => result === 'red').map(({ name }) => name),
  }
}

const RANK = { red: 0, green: 1, none: 2 } as const
/** Red ones first, those with nothing to check last, the others as they were checked. */
export const checksInOrder = (checks: readonly ProbeCheck[]): ProbeCheck[] =>
  [...checks].sort((a, b) => RANK[a.result] - RANK[b.result])
