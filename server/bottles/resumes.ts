import { FINAL_STATES } from '../contract/events.ts'
import type { Sha256 } from '../contract/ids.ts'
import type { BottlePlan } from '../contract/plan.ts'
import { HintedError, WrongStateError } from '../errors.ts'
import { abortable } from '../lib/abortable.ts'
import type { LiveBottles } from './live-bottles.ts'
import { backendOf, type Room, releases } from './room.ts'
import { type LaunchRun, step } from './steps.ts'

/** What a launch does besides where its bottle is known already and runs once more. */
export class Resumes {
  constructor(
    private readonly room: Room,
    private readonly live: LiveBottles,
    /** Whether it is being stopped or frozen right now. */
    private readonly isBusy: (slug: BottlePlan['slug']) => boolean,
  ) {}

  /**
   * Lets the bottle begin again, in the place of its record. Its log goes on; what is secret is asked for anew.
   * @throws WrongStateError when it is not over; whatever the database says when it cannot store
   */
  async prepare(plan: BottlePlan, planDigest: Sha256, secretValues: readonly string[]): Promise<void> {
    const { registry, events } = this.room
    const { slug } = plan
    const { state } = registry.get(slug)
    if (this.isBusy(slug) || !FINAL_STATES.includes(state))
      throw new WrongStateError(`${slug} is ${state} and busy, so nothing was launched. Resume it once that is over.`)
    await this.live.down(slug)
    await events.flush(slug)
    const from = plan.resume?.frozen ? 'from what was frozen' : 'from its image'
    const evidence = `Resumed by the operator, ${from}.`
    await registry.renew(plan, planDigest, evidence)
    events.mask(slug, secretValues)
    events.append(slug, { type: 'state', state: 'launching', evidence })
  }

  /** Clears away what is left of the run before, and makes room for this one. What was frozen is not touched. */
  async clear(plan: BottlePlan, run: LaunchRun): Promise<void> {
    const { folders, networks } = this.room
    const { slug } = plan
    await step(run, 'earlier run', async (signal) => {
      const left = await abortable(
        backendOf(this.room, slug).teardown(slug, releases(this.room, slug).onRelease),
        signal,
      )
      if (left.length > 0)
        throw new HintedError(
          `These are left of the run before and could not be removed: ${left.map(({ name }) => name).join(', ')}.`,
          'Stop the bottle again once the cause is gone, then resume it.',
        )
      // After it, because a backend finds what it made by what is in the folder.
      await folders.write(plan)
      await networks?.prepare(plan)
    })
  }
}
