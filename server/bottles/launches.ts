import type { BottleEvent, StepName } from '../contract/events.ts'
import type { BottleSlug } from '../contract/ids.ts'
import { LAUNCH_STEPS } from '../contract/launch-steps.ts'
import type { BottlePlan } from '../contract/plan.ts'
import { HintedError, isAppError, messageOf } from '../errors.ts'
import { lastPlainLine } from '../lib/plain-line.ts'
import { Scope } from '../lib/scope.ts'
import type { LiveBottles } from './live-bottles.ts'
import { SlugTakenError } from './registry.ts'
import { backendOf, enter, overBecause, type Room, releases } from './room.ts'
import { valuesOf } from './secrets.ts'
import type { LaunchRun, LaunchSecrets } from './steps.ts'

/** Why a launch ended early. */
class CancelledError extends HintedError {
  constructor() {
    super('Cancelled by the operator.', 'Launch it again when you are ready.')
    this.name = 'CancelledError'
  }
}

/** Launches that are on their way: runs each in the background, tells of it, and undoes it when it fails. */
export class Launches {
  readonly #running = new Map<BottleSlug, { cancel: AbortController; settled: Promise<void> }>()

  constructor(
    private readonly room: Room,
    private readonly live: LiveBottles,
  ) {}

  has(slug: BottleSlug): boolean {
    return this.#running.has(slug)
  }

  /**
   * Begins a launch and returns as soon as it goes on in the background. From the first moment on the bottle is known
   * to be launched, so that nobody who compares what is remembered with what exists takes it for half-made.
   *
   * @param prepare stores what the launch needs; when it rejects there is no launch
   * @param secrets are forgotten when the launch has ended
   * @param first steps that come before the backend's own
   * @throws SlugTakenError while another launch of this name is on its way; whatever `prepare` rejects with
   */
  async begin(
    plan: BottlePlan,
    prepare: () => Promise<void>,
    secrets: LaunchSecrets,
    first: (run: LaunchRun) => Promise<void> = async () => {},
  ): Promise<void> {
    const { slug } = plan
    if (this.#running.has(slug)) throw new SlugTakenError(slug)
    const cancel = new AbortController()
    let settle = () => {}
    const settled = new Promise<void>((resolve) => {
      settle = resolve
    })
    this.#running.set(slug, { cancel, settled })
    const over = () => {
      this.#running.delete(slug)
      settle()
    }
    try {
      await prepare()
    } catch (error) {
      over()
      throw error
    }
    this.#run(plan, secrets, first, cancel.signal)
      .catch((error) => this.room.logger.error('A launch ended in a way that is not foreseen.', { slug, error }))
      .finally(over)
  }

  /** @returns false when no launch of this bottle is on its way */
  cancel(slug: BottleSlug): boolean {
    const launch = this.#running.get(slug)
    if (!launch) return false
    if (!launch.cancel.signal.aborted) {
      launch.cancel.abort(new CancelledError())
      enter(this.room, slug, 'stopping', 'Cancelled by the operator; what the launch made is being removed.')
    }
    return true
  }

  /** Resolves when the launch has succeeded, or failed and been undone. */
  async settled(slug: BottleSlug): Promise<void> {
    await this.#running.get(slug)?.settled
  }

  async #run(
    plan: BottlePlan,
    secrets: LaunchSecrets,
    first: (run: LaunchRun) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const { slug } = plan
    const backend = backendOf(this.room, slug)
    const { failed, onRelease } = releases(this.room, slug)
    const scope = new Scope(onRelease)
    const emit = (event: BottleEvent) => this.#tell(plan, event, signal)
    try {
      const run = { scope, emit, signal, ...secrets }
      await first(run)
      const bottle = await backend.launch(plan, run)
      if (!signal.aborted) {
        // From here on the bottle is nobody's launch: a stop that comes now takes it down as any other.
        this.#running.delete(slug)
        enter(this.room, slug, 'running', 'The agent was started.', { startedAt: Date.now() })
        this.room.secrets.keep(slug, secrets.secrets)
        await this.live.up(bottle, valuesOf(secrets))
        return
      }
      // Cancelled after the last step: there is nothing to undo step by step any more, so it is stopped instead.
      const left = await backend.teardown(slug, onRelease)
      this.#over(
        slug,
        'stopped',
        'Cancelled by the operator.',
        left.map(({ name }) => name),
      )
    } catch (error) {
      await scope.close()
      const leftBehind = (await this.#sweep(slug, onRelease)) ?? failed
      if (signal.aborted) return this.#over(slug, 'stopped', 'Cancelled by the operator.', leftBehind)
      if (!isAppError(error)) this.room.logger.error('A launch failed.', { slug, error })
      this.#over(slug, 'failed', messageOf(error), leftBehind)
    }
  }

  /** Passes an event on, and keeps what the overview shows of it. */
  #tell(plan: BottlePlan, event: BottleEvent, signal: AbortSignal): void {
    const { slug } = plan
    const { registry, events } = this.room
    events.append(slug, event)
    if (event.type === 'step-started') registry.see(slug, { launch: progress(plan, event.step) })
    else if (event.type === 'output') {
      const lastLine = lastPlainLine(event.text)
      if (lastLine !== null) registry.see(slug, { lastLine })
    } else if (event.type === 'probe') this.room.networks?.probed(slug, event.verdict)
    else if (event.type === 'step-failed' && !signal.aborted)
      enter(this.room, slug, 'stopping', `The launch failed at “${event.step}”: ${event.message}`)
  }

  /**
   * The engine may finish making a thing after we gave up waiting for it: what exists by label is removed, too.
   * @returns what could not be removed; null when nothing was there, or nobody can tell
   */
  async #sweep(slug: BottleSlug, onRelease: (name: string, error?: unknown) => void): Promise<string[] | null> {
    try {
      const backend = backendOf(this.room, slug)
      const existing = await backend.existing()
      if (!existing.some((bottle) => bottle.slug === slug)) return null
      return (await backend.teardown(slug, onRelease)).map(({ name }) => name)
    } catch (error) {
      this.room.logger.warn('It could not be seen whether a failed launch left something.', { slug, error })
      return null
    }
  }

  #over(slug: BottleSlug, state: 'failed' | 'stopped', why: string, leftBehind: readonly string[]): void {
    enter(this.room, slug, leftBehind.length === 0 ? state : 'failed', overBecause(why, leftBehind), { leftBehind })
  }
}

function progress(plan: BottlePlan, step: StepName) {
  const steps = LAUNCH_STEPS[plan.backend]
  return { step, done: Math.max(0, steps.indexOf(step)), total: steps.length }
}
