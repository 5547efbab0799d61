import type { Bottle, BundleLink } from '../bottles/backend.ts'
import type { Networks, SecretsAgain } from '../bottles/networks.ts'
import type { BottleRegistry } from '../bottles/registry.ts'
import type { StateFolders } from '../bottles/state-folder.ts'
import type { BundleLine } from '../contract/bundle.ts'
import type { EgressAudit } from '../contract/egress.ts'
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
import { PROBE_TARGETS, type ProbeReport } from '../contract/probe.ts'
import type { BottleEgress } from '../contract/views.ts'
import { BadInputError, messageOf, WrongStateError } from '../errors.ts'
import type { EventLog } from '../events/log.ts'
import type { Logger } from '../logger.ts'
import { tableFolder, tableOf } from '../sidecars/egress/table-file.ts'
import { AuditStore } from './audit-store.ts'
import { BoundaryWatch } from './boundary-watch.ts'
import { BundleKeeper } from './bundle-keeper.ts'
import { LiveTable } from './live-table.ts'
import { RouteDesk, type RoutesUpdate } from './route-desk.ts'
import { StandingFreeze } from './standing-freeze.ts'

/** How often the overview's figures are brought up to date. */
const TICK_MS = 1_000
/** Longest that the engine may take to say what a bundle does. */
const STATE_LIMIT_MS = 5_000
/** After a probe that met a daemon just being started again. */
const PROBE_AGAIN_MS = 3_000

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

interface Live {
  table: LiveTable
  probe: BottleEgress['probe']
  link: BundleLink
  keeper: BundleKeeper
  /** Why the bundle ended, in its own words; null while it is up. */
  lastWords: string | null
  /** Number of the last of its lines that was heard. */
  seen: number
}

/** The way out of every bottle that is up: its routes, what went through them, and the switch that closes it. */
export class NetworkService implements Networks {
  readonly audit: AuditStore
  readonly #live = new Map<BottleSlug, Live>()
  readonly #watch: BoundaryWatch
  readonly #ends = new Map<BottleSlug, AbortController>()
  readonly #desk: RouteDesk
  readonly #standing: StandingFreeze
  readonly #timer: NodeJS.Timeout

  constructor(private readonly parts: NetworkParts) {
    this.audit = new AuditStore(parts.events)
    this.#desk = new RouteDesk({ ...parts, onChange: (slug, change) => this.#changed(slug, change) })
    this.#standing = new StandingFreeze(
      parts.home,
      // Also a moment longer than its state says: until it is up here.
      (slug) => parts.registry.has(slug) && !FINAL_STATES.includes(parts.registry.view(slug).state),
    )
    this.#watch = new BoundaryWatch({
      tokens: async (slug) => (await parts.secrets(parts.registry.get(slug).plan)).tokens,
      told: (slug, report) => this.#proved(slug, report),
      isUp: (slug) => this.#guards(slug) && parts.registry.view(slug).state !== 'stopping',
    })
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref()
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

  async up(bottle: Bottle): Promise<void> {
    const { slug } = bottle
    const { registry, events, folders, logger } = this.parts
    this.down(slug)
    if (!bottle.bundle) return
    const { bundle: link } = bottle
    const end = new AbortController()
    this.#ends.set(slug, end)
    await events.flush(slug)
    const [[routes], [probe], [bundle], after] = await Promise.all([
      events.network(slug, 'routes', { limit: 1 }),
      events.network(slug, 'probe', { limit: 1 }),
      events.network(slug, 'bundle', { limit: 1 }),
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
    const live: Live = {
      table,
      probe: probe?.event.verdict ?? 'unknown',
      link,
      keeper: this.#keeper(bottle, link),
      lastWords: bundle?.event.daemon === 'bundle' && bundle.event.state !== 'up' ? bundle.event.why : null,
      seen: after,
    }
    this.#live.set(slug, live)
    this.#desk.take(slug, table)
    if (this.#standing.taken(slug)) await this.#desk.close(slug, 'the operator closed the way out of all bottles')
    if (end.signal.aborted) return
    this.#show(slug)
    this.#watch.up(bottle)
    const hear = (line: BundleLine) => {
      if (line.n <= live.seen || end.signal.aborted) return
      live.seen = line.n
      this.#hear(slug, live, line)
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
    this.#live.get(slug)?.keeper.close()
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
    for (const { keeper } of this.#live.values()) keeper.close()
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
  /**
   * Closes or opens all egress of one bottle, or of all (null): those too that are on their way or launched afterwards,
   * until it is lifted for all, or the last frozen one is opened.
   */
  async freeze(slug: BottleSlug | null, frozen: boolean): Promise<FreezeResult[]> {
    if (slug !== null) {
      const result = await this.#desk.freeze(slug, frozen)
      // Whoever has opened each of them by hand means all.
      const anyFrozen = [...this.#live.values()].some(({ table }) => table.table.frozen)
      if (this.#standing.on && !frozen && !anyFrozen) await this.#standing.set(false)
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
    const live = this.#live.get(slug)
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
  async probe(slug: BottleSlug): Promise<BoundaryView> {
    if (this.#live.has(slug) && !this.#guards(slug))
      throw new WrongStateError(
        `Egress of ${slug} is down, so nothing goes out. The boundary is probed once it is back.`,
      )
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
  async #proved(slug: BottleSlug, { at, green, checks, durationMs }: ProbeReport): Promise<void> {
    if (!green && !(await this.#guardedSince(slug, at))) return this.#probeLater(slug)
    const verdict = green ? 'green' : 'red'
    this.parts.events.append(slug, { type: 'probe', checks, verdict, durationMs })
    this.probed(slug, verdict)
    if (green) return
    const red = checks.filter(({ result }) => result === 'red').map(({ name }) => `“${name}”`)
    await this.#desk.close(slug, `the boundary does not hold at ${red.join(', ')}`)
  }

  #keeper(bottle: Bottle, link: BundleLink): BundleKeeper {
    const { slug } = bottle
    const { plan } = this.parts.registry.get(slug)
    return new BundleKeeper({
      link,
      secrets: () => this.parts.secrets(plan),
      hasLogin: plan.egress.slots.some(({ source }) => source.kind === 'host-login'),
      putLogins: async (files) => bottle.putFiles?.(files, AbortSignal.timeout(30_000)),
      changed: () => this.#kept(slug),
      back: () => this.#back(slug),
    })
  }

  #guards(slug: BottleSlug): boolean {
    const status = this.#live.get(slug)?.keeper.status.kind
    return status === 'guarding' || status === 'unknown'
  }

  /** The bundle ended, or how it stands is known for the first time. */
  #kept(slug: BottleSlug): void {
    const live = this.#live.get(slug)
    if (!live) return
    const { status } = live.keeper
    if (status.kind === 'restarting' || status.kind === 'ended') {
      live.table.unconfirm()
      const state = status.kind === 'ended' && status.gaveUp ? 'gave-up' : 'down'
      this.#tellBundle(slug, live.seen, 'bundle', state, live.lastWords ?? status.why)
    }
    this.#show(slug)
  }

  /** It guards again: said, and proved. A red proof closes it. */
  #back(slug: BottleSlug): void {
    const live = this.#live.get(slug)
    if (!live) return
    this.#tellBundle(slug, live.seen, 'bundle', 'up', 'It was started again and has its secrets.')
    void this.#watch.probe(slug).catch(() => {})
  }

  /** Whether all that guards was up during a probe: what was not there cannot have had a hole. */
  async #guardedSince(slug: BottleSlug, at: number): Promise<boolean> {
    const signal = AbortSignal.timeout(STATE_LIMIT_MS)
    const state = await this.#live
      .get(slug)
      ?.link.state(signal)
      .catch(() => null)
    return !state || (state.kind === 'guarding' && state.since !== null && state.since <= at)
  }

  #probeLater(slug: BottleSlug): void {
    setTimeout(() => {
      if (this.#live.has(slug) && this.#guards(slug)) void this.#watch.probe(slug).catch(() => {})
    }, PROBE_AGAIN_MS).unref()
  }

  #hear(slug: BottleSlug, live: Live, line: BundleLine): void {
    const { table, keeper } = live
    switch (line.kind) {
      case 'audit':
        if (!isProbe(line.line)) this.audit.take(slug, line.n, line.line)
        // The login of this machine may have been renewed meanwhile.
        if (line.line.status === 401 && line.line.slot !== undefined) void keeper.look().catch(() => {})
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
        live.lastWords = line.why
        this.#tellBundle(slug, line.n, 'bundle', line.failed ? 'gave-up' : 'down', line.why)
        break
      case 'input-refused':
        this.#tellBundle(slug, line.n, 'bundle', 'down', line.message)
        break
      case 'ready':
        live.lastWords = null
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
    const { status, notices } = live.keeper
    const isDown = status.kind === 'restarting' || status.kind === 'ended'
    const egress: BottleEgress = {
      frozen: live.table.table.frozen,
      probe: live.probe,
      ...this.audit.figures(slug, Date.now()),
      ...(isDown && { down: { again: status.kind === 'restarting', why: live.lastWords ?? status.why } }),
      ...(notices.length > 0 && { notices }),
    }
    if (JSON.stringify(egress) !== JSON.stringify(this.parts.registry.view(slug).egress))
      this.parts.registry.see(slug, { egress })
  }
}

const PROBED: ReadonlySet<string> = new Set([PROBE_TARGETS.unlisted, ...PROBE_TARGETS.literals, PROBE_TARGETS.metadata])

/** The probe's own attempts are not the agent's. Whoever imitates them hides only that it asked for what leads nowhere. */
const isProbe = ({ outcome, method, host, port }: EgressAudit): boolean =>
  outcome === 'refused' && method === 'CONNECT' && PROBED.has(`${host}:${port}`)
