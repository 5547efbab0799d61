import type { BottleSlug, PlanId, Sha256 } from '../contract/ids.ts'
import type { BottlePlan } from '../contract/plan.ts'
import type { LaunchChoice } from '../manifest/request.ts'

const TTL_MS = 60 * 60_000
const MOST = 200

export interface PendingPlan {
  choice: LaunchChoice
  /** The bottle that runs once more. */
  resumes?: BottleSlug
  plan: BottlePlan
  digest: Sha256
}

/** Plans that were shown and may be confirmed: for an hour, the latest 200, each once. In memory only. */
export class PendingPlans {
  readonly #plans = new Map<PlanId, PendingPlan & { at: number }>()

  constructor(private readonly now: () => number = Date.now) {}

  add(pending: PendingPlan): void {
    this.#expire()
    this.#plans.set(pending.plan.id, { ...pending, at: this.now() })
    const oldest = this.#plans.keys().next()
    if (this.#plans.size > MOST && !oldest.done) this.#plans.delete(oldest.value)
  }

  /** Takes a plan out, so that two confirmations of one plan cannot both launch. @returns null when it is not known */
  take(id: PlanId): PendingPlan | null {
    this.#expire()
    const pending = this.#plans.get(id)
    this.#plans.delete(id)
    return pending ?? null
  }

  /** Puts back what was taken for a launch that was refused: the operator may mend the cause and confirm again. */
  putBack(pending: PendingPlan): void {
    this.add(pending)
  }

  #expire(): void {
    const oldest = this.now() - TTL_MS
    for (const [id, { at }] of this.#plans) if (at <= oldest) this.#plans.delete(id)
  }
}
