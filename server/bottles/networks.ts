import type { BottleSlug } from '../contract/ids.ts'
import type { BottlePlan } from '../contract/plan.ts'
import type { GuestFile } from '../providers/guest-file.ts'
import type { Bottle, BundleSecrets } from './backend.ts'

/** What can be had again of the secrets of a bottle that was launched before. In memory only. */
export interface SecretsAgain extends BundleSecrets {
  /** Logins in their own shape with placeholders, as new as the tokens. */
  logins: readonly GuestFile[]
  missing: readonly MissingSecret[]
}

/** A secret that is gone. `typed`: only the server that it was typed into knew it. `why` says it in a sentence or two. */
export interface MissingSecret {
  name: string
  kind: 'typed' | 'variable' | 'credential'
  why: string
}

/** What bottles need of the network's room (`server/network/service.ts`). */
export interface Networks {
  /** Writes the table that a launch begins with, before anything of the bottle runs. @throws when it cannot be used */
  prepare(plan: BottlePlan): Promise<void>
  /** The operator closed the way out of all bottles, and of those that come. */
  readonly allFrozen: boolean
  /** Follows what the bundle tells, from where it was followed last. Safe to repeat. */
  up(bottle: Bottle): Promise<void>
  /** The last boundary probe. */
  probed(slug: BottleSlug, verdict: 'green' | 'red'): void
  /** Lets go of a bottle; what it told stays. */
  down(slug: BottleSlug): void
}
