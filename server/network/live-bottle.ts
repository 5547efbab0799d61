import type { Bottle, BundleLink } from '../bottles/backend.ts'
import type { SecretsAgain } from '../bottles/networks.ts'
import type { BottleRegistry } from '../bottles/registry.ts'
import type { BundleLine } from '../contract/bundle.ts'
import type { BottleSlug } from '../contract/ids.ts'
import type { BottlePlan } from '../contract/plan.ts'
import type { BottleEgress } from '../contract/views.ts'
import type { EventLog } from '../events/log.ts'
import type { AuditStore } from './audit-store.ts'
import { BundleKeeper } from './bundle-keeper.ts'
import type { BundlePast } from './bundle-past.ts'
import { isProbe } from './is-probe.ts'
import type { LiveTable } from './live-table.ts'

export interface LiveBottleParts {
  registry: Pick<BottleRegistry, 'get' | 'has' | 'see' | 'view'>
  events: Pick<EventLog, 'append'>
  audit: Pick<AuditStore, 'take' | 'lose' | 'figures'>
  /** What can be had now of the secrets that a bottle was launched with. */
  secrets(plan: BottlePlan): Promise<SecretsAgain>
  /** Told when the table in place came into force and nobody here waited for it. */
  tableInForce(slug: BottleSlug): void
  /** Told once the bundle guards again after it had ended. */
  back(slug: BottleSlug): void
}

/** The way out of one bottle that is up: keeps what its bundle tells, and shows the operator how it stands. */
export class LiveBottle {
  readonly keeper: BundleKeeper
  readonly #slug: BottleSlug
  #probe: BottleEgress['probe']
  #lastWords: string | null
  #seen: number
  /** Nothing of it is kept or shown once it was let go of. */
  #closed = false

  constructor(
    private readonly parts: LiveBottleParts,
    bottle: Pick<Bottle, 'slug' | 'putFiles'>,
    readonly link: BundleLink,
    readonly table: LiveTable,
    past: BundlePast,
  ) {
    this.#slug = bottle.slug
    this.#probe = past.probe
    this.#lastWords = past.lastWords
    this.#seen = past.seen
    const { plan } = parts.registry.get(bottle.slug)
    this.keeper = new BundleKeeper({
      link,
      secrets: () => parts.secrets(plan),
      hasLogin: plan.egress.slots.some(({ source }) => source.kind === 'host-login'),
      putLogins: async (files) => bottle.putFiles?.(files, AbortSignal.timeout(30_000)),
      changed: () => this.#kept(),
      back: () => this.#back(),
    })
  }

  close(): void {
    this.#closed = true
    this.keeper.close()
  }

  /** Also before it is known how the bundle stands. */
  get guards(): boolean {
    const { kind } = this.keeper.status
    return !this.#closed && (kind === 'guarding' || kind === 'unknown')
  }

  proved(verdict: 'green' | 'red'): void {
    this.#probe = verdict
    this.show()
  }

  /** Takes a line of the bundle. Those that were heard before are passed over. */
  hear(line: BundleLine): void {
    if (this.#closed || line.n <= this.#seen) return
    this.#seen = line.n
    const { audit, tableInForce } = this.parts
    switch (line.kind) {
      case 'audit':
        if (!isProbe(line.line)) audit.take(this.#slug, line.n, line.line)
        // The login of this machine may have been renewed meanwhile.
        if (line.line.status === 401 && line.line.slot !== undefined) void this.keeper.look().catch(() => {})
        break
      case 'lost':
        audit.lose(this.#slug, line.n, line.audits)
        break
      case 'table':
        if (this.table.heard(line)) tableInForce(this.#slug)
        break
      case 'daemon':
        // Coming up for the first time is no news.
        if (line.state !== 'up' || line.restarts > 0) this.#tell(line.name, line.state, line.why ?? '')
        break
      case 'ended':
        this.#lastWords = line.why
        this.#tell('bundle', line.failed ? 'gave-up' : 'down', line.why)
        break
      case 'input-refused':
        this.#tell('bundle', 'down', line.message)
        break
      case 'ready':
        this.#lastWords = null
        break
      default:
        line satisfies never
    }
  }

  /** Brings what the operator sees of it up to date. */
  show(): void {
    const { registry, audit } = this.parts
    if (this.#closed || !registry.has(this.#slug)) return
    const { status, notices } = this.keeper
    const isDown = status.kind === 'restarting' || status.kind === 'ended'
    const egress: BottleEgress = {
      frozen: this.table.table.frozen,
      probe: this.#probe,
      ...audit.figures(this.#slug, Date.now()),
      ...(isDown && { down: { again: status.kind === 'restarting', why: this.#lastWords ?? status.why } }),
      ...(notices.length > 0 && { notices }),
    }
    if (JSON.stringify(egress) !== JSON.stringify(registry.view(this.#slug).egress))
      registry.see(this.#slug, { egress })
  }

  /** The bundle ended, or how it stands is known for the first time. */
  #kept(): void {
    if (this.#closed) return
    const { status } = this.keeper
    if (status.kind === 'restarting' || status.kind === 'ended') {
      this.table.unconfirm()
      const state = status.kind === 'ended' && status.gaveUp ? 'gave-up' : 'down'
      this.#tell('bundle', state, this.#lastWords ?? status.why)
    }
    this.show()
  }

  #back(): void {
    if (this.#closed) return
    this.#tell('bundle', 'up', 'It was started again and has its secrets.')
    this.parts.back(this.#slug)
  }

  #tell(daemon: string, state: 'up' | 'down' | 'gave-up', why: string): void {
    this.parts.events.append(this.#slug, { type: 'bundle', n: this.#seen, daemon, state, why })
  }
}
