import type { EgressPlan, GitGatePlan, PlanNotice } from '../contract/plan.ts'

/**
 * Which daemons of the bundle this version brings. What is not there is denied, never open: a bottle without egress
 * reaches nothing at all. When a daemon arrives, its line here becomes true and the warning is gone.
 */
const READY = { egress: true, 'git-gate': false, supervise: false } as const satisfies Record<string, boolean>

/** What a plan needs of the bundle that this version does not bring, and what follows from that; one warning at most. */
export function absentSidecars(plan: {
  egress: EgressPlan
  gitGate: GitGatePlan | null
  supervise: boolean
}): PlanNotice[] {
  const needed = {
    egress: plan.egress.routes.length > 0 ? 'its routes lead nowhere: the bottle reaches no network' : null,
    'git-gate': plan.gitGate && plan.gitGate.repos.length > 0 ? 'its repositories cannot be reached' : null,
    supervise: plan.supervise ? 'the agent cannot ask for anything it is refused' : null,
  }
  const absent = (['egress', 'git-gate', 'supervise'] as const).filter((name) => needed[name] && !READY[name])
  if (absent.length === 0) return []
  const consequences = absent.map((name) => needed[name]).join('; ')
  return [
    {
      code: 'sidecar-absent',
      message: `This version does not bring ${absent.join(', ')} yet. What needs it is denied, not opened: ${consequences}.`,
      fix: 'Launch it as it is to work without these, or wait for the version that brings them.',
    },
  ]
}
