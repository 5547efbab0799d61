import type { StoredEvent } from '@/server/contract/events.ts'
import type { BottleSlug, EventSeq } from '@/server/contract/ids.ts'
import type { TabMessage } from '@/server/contract/views.ts'
import type { TabStore } from './tab-store'

export interface StreamHandlers {
  onMessage(message: TabMessage): void
  onState(state: 'connecting' | 'open'): void
  /** The transport gave up; a short interruption is its own business and comes as `connecting`. */
  onError(error: unknown): void
}
/** Opens the subscription `events.follow`; returns how to close it. */
export type OpenStream = (input: { slug: BottleSlug | null; after: EventSeq }, handlers: StreamHandlers) => () => void

export interface EventWatcher {
  slug: BottleSlug
  /** Number of the last event that the watcher has. */
  last: EventSeq
  onEvents(events: readonly StoredEvent[]): void
  /** Everything stored has arrived; what follows is live. */
  onLive?(): void
}

const RETRY_MS = [500, 1000, 2000, 5000, 10_000] as const

/**
 * The one stream of a tab (a browser allows six per host). It carries all bottles, and the events of the one bottle that
 * the tab shows; when that changes it is opened anew from where the watchers stand.
 */
export class TabStream {
  readonly #watchers = new Set<EventWatcher>()
  #close: (() => void) | null = null
  #slug: BottleSlug | null = null
  #live = false
  #position = 0 as EventSeq
  #awake = false
  #retries = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly store: TabStore,
    private readonly open: OpenStream,
    private readonly onMessage: (message: TabMessage) => void = () => {},
  ) {}

  /** False closes the stream, as while the tab is hidden; true opens it again from where it stood. */
  setAwake(awake: boolean): void {
    if (awake === this.#awake) return
    this.#awake = awake
    this.#retries = 0
    this.#restartSoon(0)
  }

  /** Tells the watcher every event after its `last`, each once and in order. Returns how to stop. */
  watch(watcher: EventWatcher): () => void {
    this.#watchers.add(watcher)
    if (this.#slug !== watcher.slug || watcher.last < this.#position) this.#restartSoon(0)
    else if (this.#live) watcher.onLive?.()
    return () => {
      this.#watchers.delete(watcher)
      if (this.#watchers.size === 0) this.#restartSoon(0)
    }
  }

  /** Later and not at once: pages change by unmounting and mounting, which should cost one stream and not two. */
  #restartSoon(delayMs: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#restart(), delayMs)
  }

  #restart(): void {
    const watchers = [...this.#watchers]
    const slug = watchers.at(-1)?.slug ?? null
    const wanted = watchers.filter((watcher) => watcher.slug === slug)
    const after = (wanted.length > 0 ? Math.min(...wanted.map((watcher) => watcher.last)) : 0) as EventSeq
    if (this.#awake && this.#close && slug === this.#slug && after >= this.#position) return
    this.#close?.()
    this.#close = null
    this.#live = false
    if (!this.#awake) return
    this.#slug = slug
    this.#position = after
    this.store.syncing()
    this.#close = this.open(
      { slug, after },
      {
        onMessage: (message) => this.#receive(message),
        onState: (state) => {
          if (state === 'open') return this.store.opened()
          this.#live = false
          this.store.syncing()
        },
        onError: () => {
          this.#close = null
          this.store.syncing()
          this.#restartSoon(RETRY_MS[Math.min(this.#retries, RETRY_MS.length - 1)]!)
          this.#retries += 1
        },
      },
    )
  }

  #receive(message: TabMessage): void {
    this.#retries = 0
    this.store.receive(message)
    this.onMessage(message)
    if (message.kind === 'live') {
      this.#live = true
      for (const watcher of this.#watchers) if (watcher.slug === this.#slug) watcher.onLive?.()
    }
    if (message.kind !== 'events' || message.slug !== this.#slug) return
    const last = message.events.at(-1)?.seq
    if (last !== undefined && last > this.#position) this.#position = last
    for (const watcher of this.#watchers) {
      if (watcher.slug !== message.slug) continue
      const fresh = message.events.filter((event) => event.seq > watcher.last)
      const newest = fresh.at(-1)
      if (!newest) continue
      watcher.last = newest.seq
      watcher.onEvents(fresh)
    }
  }
}
