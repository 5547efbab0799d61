import type { BottleState } from '../contract/events.ts'
import type { BottleSlug } from '../contract/ids.ts'
import { messageOf } from '../errors.ts'
import type { Freezes } from './freezes.ts'
import type { LiveBottles } from './live-bottles.ts'
import { backendOf, enter, overBecause, type Room, releases } from './room.ts'

/** Where a stop leads when it worked, and why it is done. */
export interface StopGoal {
  state: Extract<BottleState, 'stopped' | 'failed'>
  /** Shown while it is done, and as the reason afterwards. */
  evidence: string
}

export const STOPPED_BY_OPERATOR: StopGoal = { state: 'stopped', evidence: 'Stopped by the operator.' }

/** Takes bottles down, by what exists and not by what is remembered. Safe to repeat; several stops of one bottle join. */
export class Stops {
  readonly #running = new Map<BottleSlug, Promise<string[]>>()

  constructor(
    private readonly room: Room,
    private readonly live: LiveBottles,
    private readonly freezes: Pick<Freezes, 'tidy'>,
  ) {}

  has(slug: BottleSlug): boolean {
    return this.#running.has(slug)
  }

  /** @returns names of what could not be removed, empty when nothing of the bottle is left. Never rejects. */
  stop(slug: BottleSlug, goal: StopGoal): Promise<string[]> {
    const running = this.#running.get(slug)
    if (running) return running
    const stop = this.#stop(slug, goal).finally(() => this.#running.delete(slug))
    this.#running.set(slug, stop)
    return stop
  }

  async #stop(slug: BottleSlug, goal: StopGoal): Promise<string[]> {
    const { registry, logger } = this.room
    const { failed, onRelease } = releases(this.room, slug)
    enter(this.room, slug, 'stopping', goal.evidence)
    // Stored before anything is touched, so that a server that dies now is followed by one that goes on with the stop.
    await registry.saved()
    try {
      await this.live.down(slug)
      const left = await backendOf(this.room, slug).teardown(slug, onRelease)
      // What a run began with may be removed once that run has ended.
      await this.freezes.tidy(slug)
      return this.#over(
        slug,
        goal,
        left.map(({ name }) => name),
      )
    } catch (error) {
      logger.error('A bottle could not be taken down.', { slug, error })
      return this.#over(slug, goal, failed.length > 0 ? failed : [`everything: ${messageOf(error)}`])
    }
  }

  async #over(slug: BottleSlug, goal: StopGoal, names: readonly string[]): Promise<string[]> {
    const leftBehind = [...new Set(names)]
    if (leftBehind.length === 0) await this.#tidy(slug)
    const state = leftBehind.length === 0 ? goal.state : 'failed'
    enter(this.room, slug, state, overBecause(goal.evidence, leftBehind), { leftBehind })
    return leftBehind
  }

  /**
   * An agent that ended well needs no state to be looked at or resumed from; everything else keeps it, and so does one
   * that was frozen: that is how an operator says that it should last.
   */
  async #tidy(slug: BottleSlug): Promise<void> {
    const { exitCode, frozen } = this.room.registry.get(slug)
    if (exitCode !== 0 || frozen) return
    try {
      await this.room.folders.remove(slug, { keepRecording: await this.room.isTerminalShared(slug) })
    } catch (error) {
      this.room.logger.warn('The state folder of a bottle could not be cleaned up.', { slug, error })
    }
  }
}
