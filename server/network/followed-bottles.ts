import type { Bottle, BundleLink } from '../bottles/backend.ts'
import type { SecretsAgain } from '../bottles/networks.ts'
import type { BottleRegistry } from '../bottles/registry.ts'
import type { StateFolders } from '../bottles/state-folder.ts'
import type { BottleSlug } from '../contract/ids.ts'
import type { BottlePlan } from '../contract/plan.ts'
import type { EventLog } from '../events/log.ts'
import type { Logger } from '../logger.ts'
import { tableFolder, tableOf } from '../sidecars/egress/table-file.ts'
import type { AuditStore } from './audit-store.ts'
import type { BoundaryDesk } from './boundary-desk.ts'
import { type BundlePast, bundlePast } from './bundle-past.ts'
import { LiveBottle } from './live-bottle.ts'
import { LiveTable } from './live-table.ts'
import type { RouteDesk } from './route-desk.ts'
import type { StandingFreeze } from './standing-freeze.ts'

/** How often the overview's figures are brought up to date. */
const TICK_MS = 1_000

export interface FollowedBottlesParts {
  registry: Pick<BottleRegistry, 'get' | 'has' | 'see' | 'view'>
  events: EventLog
  folders: Pick<StateFolders, 'of'>
  secrets(plan: BottlePlan): Promise<SecretsAgain>
  logger: Logger
  audit: AuditStore
  desk: Pick<RouteDesk, 'take' | 'drop' | 'tell' | 'close'>
  boundary: Pick<BoundaryDesk, 'up' | 'down' | 'close' | 'probeSoon'>
  standing: Pick<StandingFreeze, 'taken'>
}

/** Bottles that are up, each followed from where it was followed last. */
export class FollowedBottles {
  readonly #live = new Map<BottleSlug, LiveBottle>()
  readonly #ends = new Map<BottleSlug, AbortController>()
  readonly #timer: NodeJS.Timeout

  constructor(private readonly parts: FollowedBottlesParts) {
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref()
  }

  get(slug: BottleSlug): LiveBottle | undefined {
    return this.#live.get(slug)
  }

  /** Safe to repeat. */
  async up(bottle: Bottle): Promise<void> {
    const { slug, bundle: link } = bottle
    const { registry, events, folders, logger, audit, boundary, desk, standing } = this.parts
    this.down(slug)
    if (!link) return
    const end = new AbortController()
    this.#ends.set(slug, end)
    await events.flush(slug)
    const { plan, createdAt } = registry.get(slug)
    const [past] = await Promise.all([bundlePast(events, audit, slug, createdAt), audit.open(slug)])
    const first = tableOf(plan.egress)
    const table = await LiveTable.open(tableFolder(folders.of(slug)), link, first, past.confirmed)
    // It may have been let go of while its past was read.
    if (end.signal.aborted) return
    const live = this.#follow(bottle, link, table, past)
    if (standing.taken(slug)) await desk.close(slug, 'the operator closed the way out of all bottles')
    if (end.signal.aborted) return
    live.show()
    boundary.up(bottle)
    link
      .tail((line) => live.hear(line), end.signal, past.seen)
      .catch((error) => logger.error('Following a sidecar bundle ended.', { slug, error }))
  }

  /** Lets go of a bottle; what it told stays. */
  down(slug: BottleSlug): void {
    this.parts.boundary.down(slug)
    this.#ends.get(slug)?.abort()
    this.#ends.delete(slug)
    this.#live.get(slug)?.close()
    this.#live.delete(slug)
    this.parts.desk.drop(slug)
    this.parts.audit.close(slug)
    if (this.parts.registry.has(slug)) this.parts.registry.see(slug, { egress: null })
  }

  /** Ends what this process does; egress goes on by the table that it has. */
  close(): void {
    clearInterval(this.#timer)
    this.parts.boundary.close()
    for (const [slug, end] of this.#ends) {
      end.abort()
      this.parts.audit.close(slug)
    }
    for (const live of this.#live.values()) live.close()
    this.#ends.clear()
    this.#live.clear()
  }

  #follow(bottle: Bottle, link: BundleLink, table: LiveTable, past: BundlePast): LiveBottle {
    const live = new LiveBottle(
      {
        ...this.parts,
        tableInForce: (slug) => this.parts.desk.tell(slug, []),
        back: (slug) => this.parts.boundary.probeSoon(slug),
      },
      bottle,
      link,
      table,
      past,
    )
    this.#live.set(bottle.slug, live)
    this.parts.desk.take(bottle.slug, table)
    return live
  }

  #tick(): void {
    for (const live of this.#live.values()) live.show()
  }
}
