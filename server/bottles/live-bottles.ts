import type { BottleSlug } from '../contract/ids.ts'
import type { Bottle } from './backend.ts'
import { enter, type Room } from './room.ts'

/** An agent that has printed nothing for this long is shown as idle. */
const IDLE_AFTER_MS = 60_000
const TICK_MS = 1_000
/** Values of `cpuHistory`. */
const HISTORY = 30

/** The bottles that are up: their terminals, their figures, and whether their agents are at work. */
export class LiveBottles {
  readonly #live = new Map<BottleSlug, { bottle: Bottle; since: number; end: AbortController }>()
  readonly #timer: NodeJS.Timeout
  #closed = false

  constructor(private readonly room: Room) {
    this.#timer = setInterval(() => this.#tick(Date.now()), TICK_MS).unref()
  }

  has(slug: BottleSlug): boolean {
    return this.#live.has(slug)
  }

  /** Takes a handle, attaches the agent's terminal and follows the figures. Safe to repeat. */
  async up(bottle: Bottle, secrets: readonly string[]): Promise<void> {
    const { slug } = bottle
    if (this.#closed) return
    this.ended(slug)
    const end = new AbortController()
    this.#live.set(slug, { bottle, since: Date.now(), end })
    void this.#followFigures(bottle, end.signal)
    const following = this.#followBundle(bottle)
    try {
      await this.room.terminals.up(bottle, { slug, stateFolder: this.room.folders.of(slug), secrets })
    } catch (error) {
      // The agent runs, and can be stopped; only its screen is missing until the next attempt.
      this.room.logger.error('The terminal of a bottle could not be attached.', { slug, error })
    }
    await following
  }

  async #followBundle(bottle: Bottle): Promise<void> {
    try {
      await this.room.networks?.up(bottle)
    } catch (error) {
      // What egress decides does not depend on being seen.
      this.room.logger.error('What egress of a bottle tells cannot be followed.', { slug: bottle.slug, error })
    }
  }

  /** The agent has ended: no more figures, but its screen can still be read. */
  ended(slug: BottleSlug): void {
    this.#live.get(slug)?.end.abort()
    this.#live.delete(slug)
    this.room.networks?.down(slug)
    if (this.room.registry.has(slug)) this.room.registry.see(slug, { life: null })
  }

  /** Lets go of a bottle before it is removed or taken up again. */
  async down(slug: BottleSlug): Promise<void> {
    this.ended(slug)
    this.room.secrets.forget(slug)
    await this.room.terminals.down(slug)
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#timer)
    for (const { end } of this.#live.values()) end.abort()
    this.#live.clear()
  }

  async #followFigures(bottle: Bottle, signal: AbortSignal): Promise<void> {
    let cpuHistory: readonly number[] = []
    try {
      for await (const { cpu, memory } of bottle.stats(signal)) {
        cpuHistory = [...cpuHistory, cpu].slice(-HISTORY)
        if (!signal.aborted) this.room.registry.see(bottle.slug, { life: { cpu, memory, cpuHistory } })
      }
    } catch (error) {
      if (!signal.aborted) this.room.logger.debug('The figures of a bottle ended.', { slug: bottle.slug, error })
    }
  }

  /** Looks at every agent's terminal: its last line, and whether it is at work. */
  #tick(now: number): void {
    const { registry, terminals } = this.room
    for (const [slug, { since }] of this.#live) {
      if (!registry.has(slug)) continue
      const { state, stateSince, lastLine } = registry.view(slug)
      const line = terminals.lastLine(slug)
      if (line !== null && line !== lastLine) registry.see(slug, { lastLine: line })
      const printedAt = terminals.activity(slug) ?? 0
      if (state === 'running' && now - Math.max(since, printedAt) >= IDLE_AFTER_MS)
        enter(this.room, slug, 'idle', `The agent has printed nothing for ${IDLE_AFTER_MS / 1000} s.`)
      else if (state === 'idle' && printedAt > stateSince) enter(this.room, slug, 'running', 'The agent prints again.')
    }
  }
}
