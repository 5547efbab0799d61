import type { Bottle } from '../bottles/backend.ts'
import type { Networks, SecretsAgain } from '../bottles/networks.ts'
import type { BottleRegistry } from '../bottles/registry.ts'
import type { StateFolders } from '../bottles/state-folder.ts'
import { FINAL_STATES } from '../contract/events.ts'
import type { BottleSlug } from '../contract/ids.ts'
import type {
  BoundaryView,
  FreezeResult,
  NetworkFilter,
  NetworkPage,
  NetworkSummary,
  RoutesEdit,
  RoutesPreview,
  RoutesUpdated,
  RoutesView,
} from '../contract/network.ts'
import type { BottlePlan } from '../contract/plan.ts'
import { BadInputError, messageOf, WrongStateError } from '../errors.ts'
import type { EventLog } from '../events/log.ts'
import type { Logger } from '../logger.ts'
import { tableFolder, tableOf } from '../sidecars/egress/table-file.ts'
import { AuditStore } from './audit-store.ts'
import { BoundaryDesk } from './boundary-desk.ts'
import { FollowedBottles } from './followed-bottles.ts'
import { RouteDesk, type RoutesUpdate } from './route-desk.ts'
import { StandingFreeze } from './standing-freeze.ts'

export interface NetworkParts {
  registry: Pick<BottleRegistry, 'get' | 'has' | 'see' | 'view'>
  events: EventLog
  folders: Pick<StateFolders, 'of'>
  /** Absolute path of the operator's home, where bottle files are. */
  home: string
  /** What can be had now of the secrets that a bottle was launched with; the probe looks for real tokens inside. */
  secrets(plan: BottlePlan): Promise<SecretsAgain>
  logger: Logger
}

/** The way out of every bottle that is up: its routes, what went through them, and the switch that closes it. */
export class NetworkService implements Networks {
  readonly audit: AuditStore
  readonly #followed: FollowedBottles
  readonly #boundary: BoundaryDesk
  readonly #desk: RouteDesk
  readonly #standing: StandingFreeze

  constructor(private readonly parts: NetworkParts) {
    this.audit = new AuditStore(parts.events)
    this.#desk = new RouteDesk({ ...parts, onChange: (slug, change) => this.#changed(slug, change) })
    this.#standing = new StandingFreeze(
      parts.home,
      // Also a moment longer than its state says: until it is up here.
      (slug) => parts.registry.has(slug) && !FINAL_STATES.includes(parts.registry.view(slug).state),
    )
    this.#boundary = new BoundaryDesk({
      ...parts,
      live: (slug) => this.#followed.get(slug),
      closeEgress: (slug, why) => this.#desk.close(slug, why),
    })
    this.#followed = new FollowedBottles({
      ...parts,
      audit: this.audit,
      desk: this.#desk,
      boundary: this.#boundary,
      standing: this.#standing,
    })
  }

  async prepare(plan: BottlePlan): Promise<void> {
    try {
      await this.#standing.begin(plan.slug, tableFolder(this.parts.folders.of(plan.slug)), tableOf(plan.egress))
    } catch (error) {
      throw new BadInputError(
        `The routes of this plan cannot be enforced, so nothing was launched: ${messageOf(error)}.`,
      )
    }
  }

  up(bottle: Bottle): Promise<void> {
    return this.#followed.up(bottle)
  }
  down(slug: BottleSlug): void {
    this.#followed.down(slug)
  }
  /** Ends what this process does; egress goes on by the table that it has. */
  close(): void {
    this.#followed.close()
  }

  probed(slug: BottleSlug, verdict: 'green' | 'red'): void {
    // While it is launched it is told by its event alone, and read from there once it is up.
    this.#followed.get(slug)?.proved(verdict)
  }

  routes(slug: BottleSlug): RoutesView {
    return this.#desk.routes(slug)
  }
  preview(slug: BottleSlug, edit: RoutesEdit, bottle?: string): Promise<RoutesPreview> {
    return this.#desk.preview(slug, edit, bottle)
  }
  update(change: RoutesUpdate): Promise<RoutesUpdated> {
    return this.#desk.update(change)
  }
  /**
   * Closes or opens all egress of one bottle, or of all (null): those too that are on their way or launched afterwards,
   * until it is lifted for all, or the last frozen one is opened.
   */
  async freeze(slug: BottleSlug | null, frozen: boolean): Promise<FreezeResult[]> {
    if (slug !== null) {
      const result = await this.#desk.freeze(slug, frozen)
      // Whoever has opened each of them by hand means all.
      if (this.#standing.on && !frozen && !this.#desk.anyFrozen) await this.#standing.set(false)
      return result
    }
    const [results] = await Promise.all([this.#desk.freeze(null, frozen), this.#standing.set(frozen)])
    return results
  }
  /** The operator closed the way out of all bottles, and of those that come. */
  get allFrozen(): boolean {
    return this.#standing.on
  }

  /**
   * Starts the bundle of a bottle again after it ended for good, and hands it what it needs.
   * @throws WrongStateError when the bottle is not up, or its bundle is
   */
  async restartBundle(slug: BottleSlug): Promise<void> {
    const live = this.#followed.get(slug)
    if (!live) throw new WrongStateError(`Egress of ${slug} can be started again while the bottle is up.`)
    await live.keeper.restart()
  }

  page(
    slug: BottleSlug,
    wanted: { before?: string | undefined; limit: number; filter?: NetworkFilter | undefined },
  ): Promise<NetworkPage> {
    return this.audit.page(this.parts.registry.get(slug).slug, wanted)
  }

  summary(slug: BottleSlug): Promise<NetworkSummary> {
    return this.audit.summary(this.parts.registry.get(slug).slug)
  }

  /** Proves the boundary now. @throws WrongStateError when the bottle is not up */
  probe(slug: BottleSlug): Promise<BoundaryView> {
    return this.#boundary.probe(slug)
  }
  boundary(slug: BottleSlug): Promise<BoundaryView | null> {
    return this.#boundary.last(slug)
  }

  /** New routes, new proof. */
  #changed(slug: BottleSlug, { frozen }: { frozen: boolean }): void {
    this.#followed.get(slug)?.show()
    if (!frozen) this.#boundary.probeSoon(slug)
  }
}
