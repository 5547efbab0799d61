import { setTimeout as pause } from 'node:timers/promises'
import type { BackendName } from '../contract/ids.ts'
import type { EngineView } from '../contract/views.ts'
import { messageOf } from '../errors.ts'
import type { Backend, EngineChange } from './backend.ts'
import type { Launches } from './launches.ts'
import type { LiveBottles } from './live-bottles.ts'
import { reconcile } from './reconcile.ts'
import { enter, type Room } from './room.ts'
import type { Stops } from './stops.ts'

/** How long the start waits for what the engine says of itself. */
const FIRST_VIEW_MS = 1_500
/** After the first look at start. */
const SECOND_LOOK_MS = 3_000

const UNKNOWN: EngineView = {
  reachable: false,
  name: 'Docker',
  runtime: '',
  problem: 'The engine has not been asked yet.',
}

/** Follows what happens to bottles outside of us, and keeps the engine's own state. */
export class EngineWatch {
  #engine = UNKNOWN
  #unknown: readonly string[] = []
  readonly #asked = new Deferred()
  readonly #end = new AbortController()
  /** Changes are handled one after the other, in the order in which the engine told them. */
  #queue: Promise<void> = Promise.resolve()

  constructor(
    private readonly room: Room,
    private readonly parts: { launches: Launches; stops: Stops; live: LiveBottles },
  ) {}

  get engine(): EngineView {
    return this.#engine
  }

  /** Slugs that exist on the engine and that the database does not know. */
  get unknown(): readonly string[] {
    return this.#unknown
  }

  /** Compares once, then watches in the background. Never throws: an engine that is down is a state like another. */
  async start(): Promise<void> {
    for (const backend of this.#backends()) {
      await this.#reconcile(backend.name, { reattach: false })
      void backend
        .watch((change) => this.#enqueue(backend.name, change), this.#end.signal)
        .catch((error) => this.room.logger.error('Watching the engine ended.', { backend: backend.name, error }))
      // The engine may still be making what a server that was killed had asked for a moment ago.
      setTimeout(() => this.recheck(backend.name), SECOND_LOOK_MS).unref()
    }
    // The first page should not say that the engine has not been asked.
    await Promise.race([this.#asked.promise, pause(FIRST_VIEW_MS, null, { ref: false })])
  }

  /** Looks again, for what happened to a bottle while its launch was not over and changes were not listened to. */
  recheck(name: BackendName): void {
    this.#queue = this.#queue.then(() => {
      if (!this.#end.signal.aborted) return this.#reconcile(name, { reattach: false })
    })
  }

  close(): void {
    this.#end.abort()
  }

  #backends(): Backend[] {
    return Object.values(this.room.backends) as Backend[]
  }

  #enqueue(name: BackendName, change: EngineChange): void {
    this.#queue = this.#queue
      .then(() => this.#handle(name, change))
      .catch((error) => this.room.logger.error('A change on the engine could not be handled.', { change, error }))
  }

  async #handle(name: BackendName, change: EngineChange): Promise<void> {
    if (this.#end.signal.aborted) return
    if (change.kind === 'engine') return this.#engineChanged(name, change.engine)
    const { slug, evidence } = change
    const { registry } = this.room
    const { launches, stops, live } = this.parts
    if (!registry.has(slug) || launches.has(slug) || stops.has(slug) || !isUp(registry.get(slug).state)) return
    live.ended(slug)
    if (change.kind === 'ended')
      enter(this.room, slug, 'exited', `The agent ended: ${evidence}.`, { exitCode: change.exitCode })
    else void stops.stop(slug, { state: 'failed', evidence: `The agent went away: ${evidence}.` })
  }

  async #engineChanged(name: BackendName, engine: EngineView): Promise<void> {
    const was = this.#engine
    this.#engine = engine
    this.#asked.resolve()
    this.room.registry.tellEngine(engine)
    if (!engine.reachable) {
      if (was.reachable || was === UNKNOWN) this.#doubt(name, `${engine.name} cannot be reached`)
    } else if (!was.reachable) await this.#reconcile(name, { reattach: was !== UNKNOWN })
  }

  async #reconcile(name: BackendName, options: { reattach: boolean }): Promise<void> {
    try {
      const report = await reconcile(name, this.room, this.parts, options)
      this.#unknown = report.unknown
    } catch (error) {
      this.room.logger.warn('The engine could not be asked what exists.', { backend: name, error })
      this.#doubt(name, `The engine could not be asked (${messageOf(error)})`)
    }
  }

  /** Keeps the last known state and says that it may be out of date, and since when. */
  #doubt(name: BackendName, why: string): void {
    const at = new Date().toISOString().slice(11, 19)
    for (const { slug, backend, state } of this.room.registry.all()) {
      if (backend !== name || !(isUp(state) || state === 'exited')) continue
      this.room.registry.see(slug, { doubt: `${why} since ${at} UTC; last seen ${state}.`, life: null })
    }
  }
}

/** `Promise.withResolvers` comes with Node 22. */
class Deferred {
  resolve = () => {}
  readonly promise = new Promise<void>((resolve) => {
    this.resolve = resolve
  })
}

const isUp = (state: string) => state === 'running' || state === 'idle' || state === 'needs-you'
