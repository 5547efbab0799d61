import { randomInt, randomUUID } from 'node:crypto'
import type { PlanId, Sha256 } from '../contract/ids.ts'
import type { BottlePlan, PlanNotice, PlanResolution } from '../contract/plan.ts'
import { PlanBlockedError, PlanChangedError, PlanNotFoundError } from '../errors.ts'
import type { Manifests } from '../manifest/manifests.ts'
import type { LaunchChoice } from '../manifest/request.ts'
import type { Backends } from './backend.ts'
import type { MachineFacts } from './machine-facts.ts'
import { type PendingPlan, PendingPlans } from './pending-plans.ts'
import { planChanges } from './plan-changes.ts'
import { planDigest } from './plan-digest.ts'
import type { BottleRegistry } from './registry.ts'
import { backendNamed } from './room.ts'

export interface PlansParts {
  manifests: Pick<Manifests, 'resolve'>
  backends: Backends
  registry: BottleRegistry
  /** What the doctor saw of the machine; planning contacts nothing. */
  facts(): MachineFacts
  /** What the operator should know besides the plan. */
  notices(): readonly PlanNotice[]
  /** Slugs of bottles that exist without being known here. */
  unknownSlugs(): readonly string[]
}

/** Station 2 of a launch: from a choice to a plan that can be confirmed once, and to the same plan again. */
export class Plans {
  readonly #pending = new PendingPlans()

  constructor(private readonly parts: PlansParts) {}

  /** @throws whatever the manifest's files, the label or the backend's planner complain about */
  async resolve(choice: LaunchChoice): Promise<PlanResolution> {
    const plan = await this.#plan(choice, { planId: randomUUID() as PlanId, draw: draw() })
    const digest = planDigest(plan)
    this.#pending.add({ choice, plan, digest })
    const last = this.parts.registry.lastPlanOf(plan.agent.name)
    return { planId: plan.id, digest, plan, notices: this.parts.notices(), changes: last && planChanges(last, plan) }
  }

  /**
   * Takes a reviewed plan for launching: resolves it again, and lets it through only when it is still what was
   * reviewed. `launch` is then called with it; when that refuses, the plan can be confirmed again.
   *
   * @throws PlanNotFoundError, PlanChangedError naming the paths that differ, PlanBlockedError
   */
  async confirm<T>(id: PlanId, digest: string, launch: (plan: BottlePlan, digest: Sha256) => Promise<T>): Promise<T> {
    const pending = this.#pending.take(id)
    if (!pending) throw new PlanNotFoundError()
    try {
      const plan = await this.#again(pending)
      const changes = planChanges(pending.plan, plan, 'review')
      if (planDigest(plan) !== pending.digest || digest !== pending.digest) throw new PlanChangedError(changes)
      if (plan.blockers.length > 0) throw new PlanBlockedError(plan.blockers)
      return await launch(plan, pending.digest)
    } catch (error) {
      this.#pending.putBack(pending)
      throw error
    }
  }

  #again({ choice, plan }: PendingPlan): Promise<BottlePlan> {
    return this.#plan(choice, { planId: plan.id, draw: draw(), slug: plan.slug })
  }

  async #plan(
    choice: LaunchChoice,
    fixed: { planId: PlanId; draw: string; slug?: BottlePlan['slug'] },
  ): Promise<BottlePlan> {
    const { manifests, backends, registry, facts, unknownSlugs } = this.parts
    const known = registry.all().map(({ slug }) => slug)
    // A slug that was taken since the review is not given a new one here: the launch says that it was taken.
    const taken = new Set<string>([...known, ...unknownSlugs()].filter((slug) => slug !== fixed.slug))
    const request = await manifests.resolve(choice, { ...fixed, now: Date.now(), taken })
    return backendNamed(backends, request.backend).plan(request, facts())
  }
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789'
const draw = () => Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
