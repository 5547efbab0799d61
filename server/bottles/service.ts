import type { BottleState } from '../contract/events.ts'
import type { BottleSlug, PlanId, Sha256 } from '../contract/ids.ts'
import type { BottlePlan, PlanNotice, PlanResolution } from '../contract/plan.ts'
import type { BottleDetail, BottleView, EngineView, FrozenView } from '../contract/views.ts'
import { HostProblemError, isAppError, messageOf, WrongStateError } from '../errors.ts'
import type { LaunchChoice } from '../manifest/request.ts'
import type { TtySize } from './backend.ts'
import { Freezes } from './freezes.ts'
import { Launches } from './launches.ts'
import { LiveBottles } from './live-bottles.ts'
import { Plans, type PlansParts } from './plans.ts'
import { Resumes } from './resumes.ts'
import { backendOf, type Room } from './room.ts'
import { launchSecrets, valuesOf } from './secrets.ts'
import { STOPPED_BY_OPERATOR, Stops } from './stops.ts'
import { EngineWatch } from './watch.ts'

export interface LaunchRequest {
  planId: PlanId
  digest: string
  /** Values of the variables that the plan marks `asked`, by name. */
  secrets: Readonly<Record<string, string>>
}

const STARTS_FROZEN: PlanNotice = {
  code: 'all-egress-frozen',
  message: 'You closed egress of all bottles, and that holds for this one, too: it starts with egress closed.',
  fix: 'Open its egress on its page once it runs. With the last bottle that you open, it is lifted for those that come.',
}

/** In these states the agent's files are there. */
const HAS_FILES: readonly BottleState[] = ['running', 'idle', 'needs-you', 'exited']

/** Most often the disk is full. The plan can be confirmed again. */
class NotStoredError extends HostProblemError {
  constructor(folder: string, cause: unknown) {
    super(
      `The launch could not be stored in ${folder}, so nothing was launched: ${messageOf(cause)}. Free space on that disk or give the folder to this user, and confirm again.`,
      { cause },
    )
  }
}

/** Everything an operator can do with bottles. Says what is allowed when; how it is done is in the files beside it. */
export class BottleService {
  readonly #live: LiveBottles
  readonly #launches: Launches
  readonly #stops: Stops
  readonly #freezes: Freezes
  readonly #resumes: Resumes
  readonly #watch: EngineWatch
  readonly #plans: Plans

  constructor(
    private readonly room: Room,
    planning: Pick<PlansParts, 'manifests' | 'facts'>,
  ) {
    this.#live = new LiveBottles(room)
    this.#launches = new Launches(room, this.#live)
    this.#freezes = new Freezes(room, this.#live)
    this.#stops = new Stops(room, this.#live, this.#freezes)
    this.#resumes = new Resumes(room, this.#live, (slug) => this.#stops.has(slug) || this.#freezes.has(slug))
    this.#watch = new EngineWatch(room, { launches: this.#launches, stops: this.#stops, live: this.#live })
    const { registry, backends } = room
    this.#plans = new Plans({
      ...planning,
      registry,
      backends,
      notices: () => (room.networks?.allFrozen ? [STARTS_FROZEN] : []),
      unknownSlugs: () => this.#watch.unknown,
    })
  }

  /** Compares what is remembered with what exists, and keeps watching. */
  start(): Promise<void> {
    return this.#watch.start()
  }

  get engine(): EngineView {
    return this.#watch.engine
  }

  resolve(choice: LaunchChoice): Promise<PlanResolution> {
    return this.#plans.resolve(choice)
  }

  /** The plan by which a bottle that is over runs once more, to be confirmed by `launch`. */
  resume(slug: BottleSlug): Promise<PlanResolution> {
    return this.#plans.resume(slug)
  }

  /** @returns as soon as the launch has begun; how it goes is told by its events */
  launch({ planId, digest, secrets }: LaunchRequest): Promise<{ slug: BottleSlug }> {
    return this.#plans.confirm(planId, digest, async (plan, planDigest) => {
      const gathered = await launchSecrets(plan, secrets, this.room)
      const values = valuesOf(gathered)
      if (plan.resume) {
        const prepare = () => this.#resumes.prepare(plan, planDigest, values)
        await this.#launches.begin(plan, prepare, gathered, (run) => this.#resumes.clear(plan, run))
      } else await this.#launches.begin(plan, () => this.#prepare(plan, planDigest, values), gathered)
      void this.#launches.settled(plan.slug).then(() => this.#watch.recheck(plan.backend))
      return { slug: plan.slug }
    })
  }

  /** Stores what a launch begins with; all of it or nothing. */
  async #prepare(plan: BottlePlan, planDigest: Sha256, secretValues: readonly string[]): Promise<void> {
    const { registry, events, folders, networks } = this.room
    const evidence = 'Confirmed by the operator.'
    try {
      await registry.add(plan, planDigest, evidence)
      try {
        await folders.write(plan)
        await networks?.prepare(plan)
      } catch (error) {
        await registry.remove(plan.slug)
        throw error
      }
    } catch (error) {
      throw isAppError(error) ? error : new NotStoredError(folders.of(plan.slug), error)
    }
    events.mask(plan.slug, secretValues)
    events.append(plan.slug, { type: 'state', state: 'launching', evidence })
  }

  list(): BottleView[] {
    return this.room.registry.views()
  }

  get(slug: BottleSlug): BottleDetail {
    const { registry, events, terminals } = this.room
    const { plan, planDigest } = registry.get(slug)
    return {
      ...registry.view(slug),
      plan,
      planDigest,
      shells: terminals.shells(slug),
      lastSeq: events.lastSeq(slug),
      logLines: events.lineCount(slug),
    }
  }

  /** Ends a launch that is on its way; what it made is removed in the background. */
  cancel(slug: BottleSlug): void {
    const { state } = this.room.registry.get(slug)
    if (!this.#launches.cancel(slug))
      throw new WrongStateError(`${slug} is not being launched any more: it is ${state}. To end it, stop it.`)
  }

  /**
   * Keeps the files of a bottle, so that it can be resumed from them.
   * @throws WrongStateError when there is nothing to keep, or its backend cannot
   */
  async freeze(slug: BottleSlug): Promise<FrozenView> {
    const { state } = this.room.registry.get(slug)
    if (this.#launches.has(slug) || this.#stops.has(slug) || !HAS_FILES.includes(state))
      throw new WrongStateError(
        `${slug} is ${state}: only a bottle that runs, or whose agent has ended, can be frozen.`,
      )
    return this.#freezes.freeze(slug)
  }

  /** Takes a bottle down, whatever it is doing. @returns names of what could not be removed */
  async stop(slug: BottleSlug): Promise<{ leftBehind: string[] }> {
    const { registry } = this.room
    registry.get(slug)
    await this.#freezes.settled(slug)
    if (this.#launches.cancel(slug)) {
      await this.#launches.settled(slug)
      return { leftBehind: [...registry.get(slug).leftBehind] }
    }
    const { state, leftBehind } = registry.get(slug)
    if (!this.#stops.has(slug) && state === 'stopped' && leftBehind.length === 0)
      throw new WrongStateError(
        `${slug} is stopped already, and nothing is left of it. Remove it to forget its log, too.`,
      )
    return { leftBehind: await this.#stops.stop(slug, STOPPED_BY_OPERATOR) }
  }

  /** Forgets a bottle that is over: its log, plan, shares, state folder and what was frozen. Removes what is left of it first. */
  async remove(slug: BottleSlug): Promise<void> {
    const { registry, events, folders } = this.room
    const { state } = registry.get(slug)
    if (!['exited', 'failed', 'stopped'].includes(state))
      throw new WrongStateError(`${slug} is ${state}. Stop it before you remove it.`)
    await this.#freezes.settled(slug)
    const backend = backendOf(this.room, slug)
    const existing = await backend.existing()
    if (existing.some((bottle) => bottle.slug === slug)) {
      const leftBehind = await this.#stops.stop(slug, STOPPED_BY_OPERATOR)
      if (leftBehind.length > 0)
        throw new WrongStateError(
          `${slug} cannot be forgotten while these are left of it: ${leftBehind.join(', ')}. Stop it again once the cause is gone.`,
        )
    }
    await this.#live.down(slug)
    await backend.discardFrozen(slug, null)
    await events.remove(slug)
    await folders.remove(slug, { keepRecording: false })
    await registry.remove(slug)
  }

  openShell(slug: BottleSlug, size: TtySize): Promise<{ session: string }> {
    const { state } = this.room.registry.get(slug)
    if (!this.#live.has(slug)) throw new WrongStateError(`A shell needs a running bottle, and ${slug} is ${state}.`)
    return this.room.terminals.openShell(slug, size)
  }

  /** Ends what this process does with bottles. They keep running. */
  async close(): Promise<void> {
    this.#watch.close()
    this.#live.close()
    await this.room.registry.saved()
    await this.room.events.flush()
  }
}
