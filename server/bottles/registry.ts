import type { BottleSlug, Sha256 } from '../contract/ids.ts'
import type { BottlePlan } from '../contract/plan.ts'
import type { BottleView, EngineView, TabMessage } from '../contract/views.ts'
import { BottleNotFoundError, WrongStateError } from '../errors.ts'
import { ChangeFeed } from '../lib/change-feed.ts'
import type { Logger } from '../logger.ts'
import type { BottleChange, BottleRecord, BottleStore } from './store.ts'

/** What is only seen and never stored. */
interface Sight {
  launch: BottleView['launch']
  life: BottleView['life']
  egress: BottleView['egress']
  freezing: boolean
  lastLine: string | null
  /** Why the state may be out of date; shown instead of the evidence. */
  doubt: string | null
}

export type BoardMessage = Extract<TabMessage, { kind: 'bottle' | 'bottle-removed' | 'engine' }>

/** Of two launches with one name the second is refused. */
export class SlugTakenError extends WrongStateError {
  constructor(slug: BottleSlug) {
    super(
      `The name ${slug} was taken by another launch after you reviewed this plan, so nothing was launched. Review it again: it gets a free name.`,
    )
  }
}

const NOTHING_SEEN: Sight = { launch: null, life: null, egress: null, freezing: false, lastLine: null, doubt: null }
const RETRY_MS = 2_000

/**
 * All bottles, in memory for everybody who reads and in the database for the next server. A change shows at once and
 * is stored soon after; while the disk is full, the storing is tried again until it works.
 */
export class BottleRegistry {
  readonly #records = new Map<BottleSlug, BottleRecord>()
  readonly #sights = new Map<BottleSlug, Sight>()
  readonly #unsaved = new Set<BottleSlug>()
  readonly #feed = new ChangeFeed<string, BoardMessage>()
  #saving: Promise<void> | null = null

  private constructor(
    private readonly store: BottleStore,
    private readonly logger: Logger,
  ) {}

  static async open(store: BottleStore, logger: Logger): Promise<BottleRegistry> {
    const registry = new BottleRegistry(store, logger)
    for (const record of await store.load()) registry.#records.set(record.slug, record)
    return registry
  }

  has(slug: string): boolean {
    return this.#records.has(slug as BottleSlug)
  }

  /** @throws BottleNotFoundError */
  get(slug: BottleSlug): BottleRecord {
    const record = this.#records.get(slug)
    if (!record) throw new BottleNotFoundError(slug)
    return record
  }

  all(): readonly BottleRecord[] {
    return [...this.#records.values()]
  }

  /** The plan that was last launched for an agent. */
  lastPlanOf(agent: string): BottlePlan | null {
    let last: BottleRecord | null = null
    for (const record of this.#records.values())
      if (record.agent === agent && (last === null || record.createdAt >= last.createdAt)) last = record
    return last?.plan ?? null
  }

  /**
   * Takes the slug and stores the bottle; the slug is taken at once, so of two launches one is refused.
   * @throws SlugTakenError; whatever the database says when it cannot store
   */
  async add(plan: BottlePlan, planDigest: Sha256, evidence: string): Promise<void> {
    const { slug } = plan
    if (this.#records.has(slug)) throw new SlugTakenError(slug)
    const now = Date.now()
    const record: BottleRecord = {
      slug,
      agent: plan.agent.name,
      backend: plan.backend,
      provider: plan.provider.name,
      label: plan.label,
      color: plan.color,
      state: 'launching',
      evidence,
      exitCode: null,
      leftBehind: [],
      plan,
      planDigest,
      frozen: null,
      createdAt: now,
      startedAt: null,
      endedAt: null,
      stateSince: now,
    }
    this.#records.set(slug, record)
    try {
      await this.store.insert(record)
    } catch (error) {
      this.#records.delete(slug)
      throw error
    }
    this.#publish(slug)
  }

  /**
   * Lets a bottle that is over begin again, with all that was remembered of it before: its log, its links, what was frozen.
   * @throws whatever the database says when it cannot store; nothing has changed then
   */
  async renew(plan: BottlePlan, planDigest: Sha256, evidence: string): Promise<void> {
    const before = this.get(plan.slug)
    // Changes that wait to be stored are of the run before.
    await this.saved()
    const now = Date.now()
    const record: BottleRecord = {
      ...before,
      ...{ provider: plan.provider.name, plan, planDigest, evidence },
      ...{ state: 'launching', exitCode: null, leftBehind: [] },
      ...{ createdAt: now, startedAt: null, endedAt: null, stateSince: now },
    }
    await this.store.renew(record)
    this.#records.set(plan.slug, record)
    this.#sights.delete(plan.slug)
    this.#publish(plan.slug)
  }

  /** Changes what is remembered. */
  change(slug: BottleSlug, change: BottleChange): void {
    const record = this.#records.get(slug)
    if (!record) return
    this.#records.set(slug, { ...record, ...change })
    this.#publish(slug)
    this.#unsaved.add(slug)
    this.#saving ??= this.#save()
  }

  /** Changes what is only seen. */
  see(slug: BottleSlug, sight: Partial<Sight>): void {
    if (!this.#records.has(slug)) return
    this.#sights.set(slug, { ...(this.#sights.get(slug) ?? NOTHING_SEEN), ...sight })
    this.#publish(slug)
  }

  /** Resolves when every change so far is stored, or cannot be for now. */
  async saved(): Promise<void> {
    await this.#saving
  }

  async remove(slug: BottleSlug): Promise<void> {
    await this.saved()
    await this.store.delete(slug)
    this.#records.delete(slug)
    this.#sights.delete(slug)
    this.#feed.publish(slug, { kind: 'bottle-removed', slug })
  }

  view(slug: BottleSlug): BottleView {
    const { plan, planDigest: _digest, frozen, ...record } = this.get(slug)
    const { doubt, ...sight } = this.#sights.get(slug) ?? NOTHING_SEEN
    const runtime = plan.backend === 'docker' ? plan.runtime : 'micro-VM'
    return {
      ...record,
      ...sight,
      runtime,
      evidence: doubt ?? record.evidence,
      frozen: frozen && { at: frozen.frozenAt, bytes: frozen.bytes },
      cannotFreeze: plan.backend === 'smolmachines' ? (plan.cannotFreeze ?? null) : null,
    }
  }

  /** Newest first. */
  views(): BottleView[] {
    return [...this.#records.keys()].map((slug) => this.view(slug)).sort((a, b) => b.createdAt - a.createdAt)
  }

  tellEngine(engine: EngineView): void {
    this.#feed.publish('/engine', { kind: 'engine', engine })
  }

  /** Changes from this moment on, the latest of each bottle. */
  follow(signal: AbortSignal): AsyncIterable<readonly BoardMessage[]> {
    return this.#feed.follow(signal)
  }

  #publish(slug: BottleSlug): void {
    this.#feed.publish(slug, { kind: 'bottle', bottle: this.view(slug) })
  }

  async #save(): Promise<void> {
    let wait = 0
    for (const slug of this.#unsaved) {
      const record = this.#records.get(slug)
      this.#unsaved.delete(slug)
      try {
        if (record) await this.store.save(record)
      } catch (error) {
        this.logger.error('The state of a bottle could not be stored; it is tried again.', { slug, error })
        this.#unsaved.add(slug)
        wait = RETRY_MS
        break
      }
    }
    this.#saving = null
    if (this.#unsaved.size > 0) setTimeout(() => (this.#saving ??= this.#save()), wait).unref()
  }
}
