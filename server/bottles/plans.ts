import { randomInt, randomUUID } from 'node:crypto'
import { FINAL_STATES } from '../contract/events.ts'
import type { BottleSlug, PlanId, Sha256 } from '../contract/ids.ts'
import type { BottlePlan, PlanNotice, PlanResolution } from '../contract/plan.ts'
import { PlanBlockedError, PlanChangedError, PlanNotFoundError, WrongStateError } from '../errors.ts'
import type { Manifests } from '../manifest/manifests.ts'
import type { LaunchChoice, ResolvedRequest } from '../manifest/request.ts'
import type { Backends } from './backend.ts'
import type { MachineFacts } from './machine-facts.ts'
import { type PendingPlan, PendingPlans } from './pending-plans.ts'
import { planChanges } from './plan-changes.ts'
import { planDigest } from './plan-digest.ts'
import type { BottleRegistry } from './registry.ts'
import { choiceOf, losses } from './resume-choice.ts'
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
   * The plan by which a bottle runs once more: what was chosen for it, by the files as they are now.
   * @throws as `resolve`; WrongStateError while it is not over
   */
  async resume(slug: BottleSlug): Promise<PlanResolution> {
    const before = this.parts.registry.get(slug)
    if (!FINAL_STATES.includes(before.state))
      throw new WrongStateError(`${slug} is ${before.state}: it can be resumed once it is over.`)
    const choice = choiceOf(before.plan)
    const plan = await this.#plan(choice, { planId: randomUUID() as PlanId, draw: draw(), slug, resumes: true })
    const digest = planDigest(plan)
    this.#pending.add({ choice, plan, digest, resumes: slug })
    return { planId: plan.id, digest, plan, notices: this.parts.notices(), changes: planChanges(before.plan, plan) }
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

  #again({ choice, plan, resumes }: PendingPlan): Promise<BottlePlan> {
    return this.#plan(choice, { planId: plan.id, draw: draw(), slug: plan.slug, resumes: resumes !== undefined })
  }

  async #plan(
    choice: LaunchChoice,
    { resumes = false, ...fixed }: { planId: PlanId; draw: string; slug?: BottleSlug; resumes?: boolean },
  ): Promise<BottlePlan> {
    const { manifests, backends, registry, facts, unknownSlugs } = this.parts
    const known = registry.all().map(({ slug }) => slug)
    // A slug that was taken since the review is not given a new one here: the launch says that it was taken.
    const taken = new Set<string>([...known, ...unknownSlugs()].filter((slug) => slug !== fixed.slug))
    const request = await manifests.resolve(choice, { ...fixed, now: Date.now(), taken })
    const resumed = resumes && fixed.slug ? this.#resumed(request, fixed.slug) : request
    return backendNamed(backends, request.backend).plan(resumed, facts())
  }

  /** What is remembered of the bottle enters planning as data; nobody is asked. */
  #resumed(request: ResolvedRequest, slug: BottleSlug): ResolvedRequest {
    const { registry } = this.parts
    const record = registry.get(slug)
    const { blockers, warnings } = losses(record, registry.view(slug).cannotFreeze)
    return {
      ...request,
      resume: { frozen: record.frozen },
      blockers: [...request.blockers, ...blockers],
      warnings: [...request.warnings, ...warnings],
    }
  }
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789'
const draw = () => Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
