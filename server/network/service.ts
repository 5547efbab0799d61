import type { Bottle } from '../bottles/backend.ts'
import type { Networks } from '../bottles/networks.ts'
import type { BottleRegistry } from '../bottles/registry.ts'
import type { StateFolders } from '../bottles/state-folder.ts'
import type { BundleLine } from '../contract/bundle.ts'
import type { EgressAudit } from '../contract/egress.ts'
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
import { PROBE_TARGETS, type ProbeReport } from '../contract/probe.ts'
import type { BottleEgress } from '../contract/views.ts'
import { BadInputError, messageOf } from '../errors.ts'
import type { EventLog } from '../events/log.ts'
import type { Logger } from '../logger.ts'
import { tableFolder, tableOf, tableText, writeTableFile } from '../sidecars/egress/table-file.ts'
import { AuditStore } from './audit-store.ts'
import { BoundaryWatch } from './boundary-watch.ts'
import { LiveTable } from './live-table.ts'
import { RouteDesk, type RoutesUpdate } from './route-desk.ts'

/** How often the overview's figures are brought up to date. */
const TICK_MS = 1_000

export interface NetworkParts {
  registry: Pick<BottleRegistry, 'get' | 'has' | 'see' | 'view'>
  events: EventLog
  folders: Pick<StateFolders, 'of'>
  /** Absolute path of the operator's home, where bottle files are. */
  home: string
  /** Real tokens of a bottle, as far as they can still be found: the probe looks for them inside. */
  tokens(plan: BottlePlan): Promise<ReadonlyMap<string, string>>
  logger: Logger
}

interface Live {
  table: LiveTable
  probe: BottleEgress['probe']
}

/** The way out of every bottle that is up: its routes, what went through them, and the switch that closes it. */
export class NetworkService implements Networks {
  readonly audit: AuditStore
  readonly #live = new Map<BottleSlug, Live>()
  readonly #watch: BoundaryWatch
  readonly #ends = new Map<BottleSlug, AbortController>()
  readonly #desk: RouteDesk
  readonly #timer: NodeJS.Timeout

  constructor(private readonly parts: NetworkParts) {
    this.audit = new AuditStore(parts.events)
    this.#desk = new RouteDesk({ ...parts, onChange: (slug, change) => this.#changed(slug, change) })
    this.#watch = new BoundaryWatch({
      tokens: (slug) => parts.tokens(parts.registry.get(slug).plan),
      told: (slug, report) => this.#proved(slug, report),
      isUp: (slug) => this.#live.has(slug) && parts.registry.view(slug).state !== 'stopping',
    })
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref()
  }

  async prepare(plan: BottlePlan): Promise<void> {
    let text: string
    try {
      text = tableText(tableOf(plan.egress))
    } catch (error) {
      throw new BadInputError(
        `The routes of this plan cannot be enforced, so nothing was launched: ${messageOf(error)}.`,
      )
    }
    await writeTableFile(tableFolder(this.parts.folders.of(plan.slug)), text)
  }

  async up(bottle: Bottle): Promise<void> {
    const { slug } = bottle
    const { registry, events, folders, logger } = this.parts
    this.down(slug)
    if (!bottle.bundle) return
    const { bundle: link } = bottle
    const end = new AbortController()
    this.#ends.set(slug, end)
    await events.flush(slug)
    const [[routes], [probe], after] = await Promise.all([
      events.network(slug, 'routes', { limit: 1 }),
      events.network(slug, 'probe', { limit: 1 }),
      this.audit.lastN(slug),
      this.audit.open(slug),
    ])
    const first = tableOf(registry.get(slug).plan.egress)
    const table = await LiveTable.open(
      tableFolder(folders.of(slug)),
      link,
      first,
      routes?.event.inForce ? routes.event.digest : null,
    )
    // It may have been let go of while its past was read.
    if (end.signal.aborted) return
    this.#live.set(slug, { table, probe: probe?.event.verdict ?? 'unknown' })
    this.#desk.take(slug, table)
    this.#show(slug)
    this.#watch.up(bottle)
    let seen = after
    const hear = (line: BundleLine) => {
      if (line.n <= seen || end.signal.aborted) return
      seen = line.n
      this.#hear(slug, table, line)
    }
    link
      .tail(hear, end.signal, after)
      .catch((error) => logger.error('Following a sidecar bundle ended.', { slug, error }))
  }

  probed(slug: BottleSlug, verdict: 'green' | 'red'): void {
    const live = this.#live.get(slug)
    // While it is launched it is told by its event alone, and read from there once it is up.
    if (!live) return
    live.probe = verdict
    this.#show(slug)
  }

  down(slug: BottleSlug): void {
    this.#watch.down(slug)
    this.#ends.get(slug)?.abort()
    this.#ends.delete(slug)
    this.#live.delete(slug)
    this.#desk.drop(slug)
    this.audit.close(slug)
    if (this.parts.registry.has(slug)) this.parts.registry.see(slug, { egress: null })
  }

  /** Ends what this process does; egress goes on by the table that it has. */
  close(): void {
    clearInterval(this.#timer)
    this.#watch.close()
    for (const [slug, end] of this.#ends) {
      end.abort()
      this.audit.close(slug)
    }
    this.#ends.clear()
    this.#live.clear()
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
  freeze(slug: BottleSlug | null, frozen: boolean): Promise<FreezeResult[]> {
    return this.#desk.freeze(slug, frozen)
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
  async probe(slug: BottleSlug): Promise<BoundaryView> {
    const { at, green, checks, durationMs } = await this.#watch.probe(slug)
    return { at, verdict: green ? 'green' : 'red', checks, durationMs }
  }

  async boundary(slug: BottleSlug): Promise<BoundaryView | null> {
    const [last] = await this.parts.events.network(this.parts.registry.get(slug).slug, 'probe', { limit: 1 })
    if (!last) return null
    const { verdict, checks, durationMs } = last.event
    return { at: last.at, verdict, checks, durationMs }
  }

  /** New routes, new proof. Not waited for: a red one closes egress by itself. */
  #changed(slug: BottleSlug, { frozen }: { frozen: boolean }): void {
    this.#show(slug)
    if (!frozen) void this.#watch.probe(slug).catch(() => {})
  }

  /** Keeps a verdict, and closes egress on a red one. Only the operator opens it again. */
  async #proved(slug: BottleSlug, { green, checks, durationMs }: ProbeReport): Promise<void> {
    const verdict = green ? 'green' : 'red'
    this.parts.events.append(slug, { type: 'probe', checks, verdict, durationMs })
    this.probed(slug, verdict)
    if (green) return
    const red = checks.filter(({ result }) => result === 'red').map(({ name }) => `“${name}”`)
    await this.#desk.close(slug, `the boundary does not hold at ${red.join(', ')}`)
  }

  #hear(slug: BottleSlug, table: LiveTable, line: BundleLine): void {
    switch (line.kind) {
      case 'audit':
        if (!isProbe(line.line)) this.audit.take(slug, line.n, line.line)
        break
      case 'lost':
        this.audit.lose(slug, line.n, line.audits)
        break
      case 'table':
        if (table.heard(line)) this.#desk.tell(slug, [])
        break
      case 'daemon':
        // Coming up for the first time is no news.
        if (line.state !== 'up' || line.restarts > 0)
          this.#tellBundle(slug, line.n, line.name, line.state, line.why ?? '')
        break
      case 'ended':
        this.#tellBundle(slug, line.n, 'bundle', line.failed ? 'gave-up' : 'down', line.why)
        break
      case 'input-refused':
        this.#tellBundle(slug, line.n, 'bundle', 'down', line.message)
        break
      case 'ready':
        break
      default:
        line satisfies never
    }
  }

  #tellBundle(slug: BottleSlug, n: number, daemon: string, state: 'up' | 'down' | 'gave-up', why: string): void {
    this.parts.events.append(slug, { type: 'bundle', n, daemon, state, why })
  }

  #tick(): void {
    for (const slug of this.#live.keys()) this.#show(slug)
  }

  #show(slug: BottleSlug): void {
    const live = this.#live.get(slug)
    if (!live || !this.parts.registry.has(slug)) return
    const egress: BottleEgress = {
      frozen: live.table.table.frozen,
      probe: live.probe,
      ...this.audit.figures(slug, Date.now()),
    }
    if (JSON.stringify(egress) !== JSON.stringify(this.parts.registry.view(slug).egress))
      this.parts.registry.see(slug, { egress })
  }
}

const PROBED: ReadonlySet<string> = new Set([PROBE_TARGETS.unlisted, ...PROBE_TARGETS.literals, PROBE_TARGETS.metadata])

/** The probe's own attempts are not the agent's. Whoever imitates them hides only that it asked for what leads nowhere. */
const isProbe = ({ outcome, method, host, port }: EgressAudit): boolean =>
  outcome === 'refused' && method === 'CONNECT' && PROBED.has(`${host}:${port}`)
