import type { BottleSlug } from '../contract/ids.ts'
import type { FrozenPlan } from '../contract/plan.ts'
import type { FrozenView } from '../contract/views.ts'
import { HintedError, HostProblemError, isAppError, messageOf, StepTimeoutError, WrongStateError } from '../errors.ts'
import type { LiveBottles } from './live-bottles.ts'
import { backendOf, enter, type Room } from './room.ts'
import { StepOutput } from './step-output.ts'
import { STEP_LIMIT_MS } from './steps.ts'

const STEP = 'freeze'

/** Nothing was lost by it: what was frozen before is still there, and so is the bottle. */
class NotFrozenError extends HostProblemError {
  constructor(slug: BottleSlug, cause: unknown) {
    const hint = cause instanceof HintedError ? ` ${cause.hint}` : ''
    super(`${slug} could not be frozen: ${messageOf(cause)}${hint}`, { cause })
  }
}

/** Keeps what bottles are, so that they can be resumed from it. Several freezes of one bottle join. */
export class Freezes {
  readonly #running = new Map<BottleSlug, Promise<FrozenView>>()

  constructor(
    private readonly room: Room,
    private readonly live: LiveBottles,
  ) {}

  has(slug: BottleSlug): boolean {
    return this.#running.has(slug)
  }

  /** Resolves when no freeze of this bottle is on its way, however it went. */
  async settled(slug: BottleSlug): Promise<void> {
    await this.#running.get(slug)?.catch(() => {})
  }

  /** @throws NotFrozenError; AppError with the reason where such a bottle cannot be frozen at all */
  freeze(slug: BottleSlug): Promise<FrozenView> {
    const running = this.#running.get(slug)
    if (running) return running
    const freeze = this.#freeze(slug).finally(() => {
      this.#running.delete(slug)
      this.room.registry.see(slug, { freezing: false })
    })
    this.#running.set(slug, freeze)
    return freeze
  }

  async #freeze(slug: BottleSlug): Promise<FrozenView> {
    const { registry, events, logger } = this.room
    const { cannotFreeze } = registry.view(slug)
    if (cannotFreeze !== null) throw new WrongStateError(`${slug} cannot be frozen. ${cannotFreeze}`)
    const startedAt = performance.now()
    const took = () => Math.round(performance.now() - startedAt)
    registry.see(slug, { freezing: true })
    events.append(slug, { type: 'step-started', step: STEP })
    try {
      const frozen = await this.#keep(slug)
      registry.change(slug, { frozen })
      // Remembered before what it replaces is removed: a server that dies in between loses neither.
      await registry.saved()
      events.append(slug, { type: 'step-done', step: STEP, durationMs: took(), note: frozen.reference })
      await this.tidy(slug)
      return { at: frozen.frozenAt, bytes: frozen.bytes }
    } catch (error) {
      const hint = error instanceof HintedError ? error.hint : 'It was left as it was; freeze it again.'
      events.append(slug, { type: 'step-failed', step: STEP, message: messageOf(error), hint, durationMs: took() })
      if (!isAppError(error)) logger.error('A bottle could not be frozen.', { slug, error })
      throw isAppError(error) ? error : new NotFrozenError(slug, error)
    }
  }

  async #keep(slug: BottleSlug): Promise<FrozenPlan> {
    const { registry, events } = this.room
    const { plan } = registry.get(slug)
    const limit = AbortSignal.timeout(STEP_LIMIT_MS[STEP])
    using output = new StepOutput(STEP, (event) => events.append(slug, event))
    try {
      const frozen = await backendOf(this.room, slug).freeze(slug, {
        output,
        signal: limit,
        ending: async (evidence) => {
          this.live.ended(slug)
          enter(this.room, slug, 'exited', evidence)
          await registry.saved()
        },
      })
      return { ...frozen, image: plan.image.digest }
    } catch (error) {
      throw limit.aborted ? new StepTimeoutError(STEP, STEP_LIMIT_MS[STEP]) : error
    }
  }

  /** Removes what was frozen of a bottle and is not remembered any more, where nothing uses it. */
  async tidy(slug: BottleSlug): Promise<void> {
    const { registry, logger } = this.room
    const { frozen } = registry.get(slug)
    if (!frozen) return
    await backendOf(this.room, slug)
      .discardFrozen(slug, frozen.digest)
      .catch((error: unknown) => logger.warn('What was frozen before could not be removed.', { slug, error }))
  }
}
