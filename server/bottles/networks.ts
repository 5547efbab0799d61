import type { BottleSlug } from '../contract/ids.ts'
import type { BottlePlan } from '../contract/plan.ts'
import type { Bottle } from './backend.ts'

/** What bottles need of the network's room (`server/network/service.ts`). */
export interface Networks {
  /** Writes the table that a launch begins with, before anything of the bottle runs. @throws when it cannot be used */
  prepare(plan: BottlePlan): Promise<void>
  /** Follows what the bundle tells, from where it was followed last. Safe to repeat. */
  up(bottle: Bottle): Promise<void>
  /** The last boundary probe. */
  probed(slug: BottleSlug, verdict: 'green' | 'red'): void
  /** Lets go of a bottle; what it told stays. */
  down(slug: BottleSlug): void
}
