import type { Bottle } from '../bottles/backend.ts'
import type { SecretsAgain } from '../bottles/networks.ts'
import type { BottleRegistry } from '../bottles/registry.ts'
import type { BottleSlug } from '../contract/ids.ts'
import type { BoundaryView } from '../contract/network.ts'
import type { BottlePlan } from '../contract/plan.ts'
import type { ProbeReport } from '../contract/probe.ts'
import { WrongStateError } from '../errors.ts'
import type { EventLog } from '../events/log.ts'
import { BoundaryWatch } from './boundary-watch.ts'
import type { LiveBottle } from './live-bottle.ts'

/** Longest that the engine may take to say what a bundle does. */
const STATE_LIMIT_MS = 5_000
/** After a probe that met a daemon just being started again. */
const PROBE_AGAIN_MS = 3_000

export interface BoundaryDeskParts {
  registry: Pick<BottleRegistry, 'get' | 'view'>
  events: Pick<EventLog, 'append' | 'network'>
  /** The probe looks for real tokens inside. */
  secrets(plan: BottlePlan): Promise<SecretsAgain>
  /** Absent for a bottle that is not up. */
  live(slug: BottleSlug): LiveBottle | undefined
  /** Closes egress; only the operator opens it again. */
  closeEgress(slug: BottleSlug, why: string): Promise<void>
}

/** Where the boundary of bottles that are up is proved: what was found is kept, and a red proof closes egress. */
export class BoundaryDesk {
  readonly #watch: BoundaryWatch

  constructor(private readonly parts: BoundaryDeskParts) {
    const { registry } = parts
    this.#watch = new BoundaryWatch({
      tokens: async (slug) => (await parts.secrets(registry.get(slug).plan)).tokens,
      told: (slug, report) => this.#proved(slug, report),
      isUp: (slug) => this.#guards(slug) && registry.view(slug).state !== 'stopping',
    })
  }

  up(bottle: Bottle): void {
    this.#watch.up(bottle)
  }
  down(slug: BottleSlug): void {
    this.#watch.down(slug)
  }
  close(): void {
    this.#watch.close()
  }

  /** Proves it now. @throws WrongStateError when the bottle or its egress is not up */
  async probe(slug: BottleSlug): Promise<BoundaryView> {
    if (this.parts.live(slug) && !this.#guards(slug))
      throw new WrongStateError(
        `Egress of ${slug} is down, so nothing goes out. The boundary is probed once it is back.`,
      )
    const { at, green, checks, durationMs } = await this.#watch.probe(slug)
    return { at, verdict: green ? 'green' : 'red', checks, durationMs }
  }

  /** The same, not waited for: a red one closes egress by itself. */
  probeSoon(slug: BottleSlug): void {
    void this.#watch.probe(slug, 'thorough').catch(() => {})
  }

  /** What the last probe found, also of a bottle that is over; null when there was none. */
  async last(slug: BottleSlug): Promise<BoundaryView | null> {
    const [last] = await this.parts.events.network(this.parts.registry.get(slug).slug, 'probe', { limit: 1 })
    if (!last) return null
    const { verdict, checks, durationMs } = last.event
    return { at: last.at, verdict, checks, durationMs }
  }

  /** Keeps a verdict, and closes egress on a red one. */
  async #proved(slug: BottleSlug, { at, green, checks, durationMs }: ProbeReport): Promise<void> {
    if (!green && !(await this.#guardedSince(slug, at))) return this.#probeLater(slug)
    const verdict = green ? 'green' : 'red'
    this.parts.events.append(slug, { type: 'probe', checks, verdict, durationMs })
    this.parts.live(slug)?.proved(verdict)
    if (green) return
    const red = checks.filter(({ result }) => result === 'red').map(({ name }) => `“${name}”`)
    await this.parts.closeEgress(slug, `the boundary does not hold at ${red.join(', ')}`)
  }

  #guards(slug: BottleSlug): boolean {
    return this.parts.live(slug)?.guards ?? false
  }

  /** Whether all that guards was up during a probe: what was not there cannot have had a hole. */
  async #guardedSince(slug: BottleSlug, at: number): Promise<boolean> {
    const signal = AbortSignal.timeout(STATE_LIMIT_MS)
    const state = await this.parts
      .live(slug)
      ?.link.state(signal)
      .catch(() => null)
    return !state || (state.kind === 'guarding' && state.since !== null && state.since <= at)
  }

  #probeLater(slug: BottleSlug): void {
    setTimeout(() => {
      if (this.#guards(slug)) this.probeSoon(slug)
    }, PROBE_AGAIN_MS).unref()
  }
}
