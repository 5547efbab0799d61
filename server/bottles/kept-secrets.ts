import type { BottleSlug } from '../contract/ids.ts'
import type { BottlePlan } from '../contract/plan.ts'
import type { SecretsAgain } from './networks.ts'
import type { Room } from './room.ts'
import { secretsAgain } from './secrets.ts'

/**
 * Values of secret variables of the bottles that this server launched, as long as they are up: their bundles are handed
 * them again when they are started again. In memory only; the next server has them no more.
 */
export class KeptSecrets {
  readonly #values = new Map<BottleSlug, ReadonlyMap<string, string>>()

  constructor(private readonly host: Pick<Room, 'hostEnv' | 'userHome'>) {}

  keep(slug: BottleSlug, secrets: ReadonlyMap<string, string>): void {
    this.#values.set(slug, secrets)
  }

  forget(slug: BottleSlug): void {
    this.#values.delete(slug)
  }

  /** All that can be had now of what a bottle was launched with. */
  again(plan: BottlePlan): Promise<SecretsAgain> {
    return secretsAgain(plan, this.#values.get(plan.slug) ?? new Map(), this.host)
  }
}
