import type { BottleSlug } from '@/server/contract/ids.ts'
import type { BottleView, EngineView, TabMessage } from '@/server/contract/views.ts'

export type Connection =
  /** The first one of this tab. */
  | 'connecting'
  | 'open'
  /** Was open; it comes back by itself. */
  | 'lost'

export interface TabState {
  /** Newest first; null until the server told them. */
  bottles: readonly BottleView[] | null
  engine: EngineView | null
  connection: Connection
}

const EMPTY: TabState = { bottles: null, engine: null, connection: 'connecting' }

/**
 * What one tab knows of all bottles and of the engine. Changes are gathered and told once per `schedule`, so that fifty
 * bottles with a figure each draw the list once.
 */
export class TabStore {
  readonly #bottles = new Map<BottleSlug, BottleView>()
  readonly #listeners = new Set<() => void>()
  /** Bottles that a running sync has not named yet; at its end they are gone. */
  #unseen: Set<BottleSlug> | null = null
  #known = false
  #draft: TabState = EMPTY
  #state: TabState = EMPTY
  #scheduled = false

  constructor(private readonly schedule: (tell: () => void) => void) {}

  /** The connection starts (again): the server now names every bottle there is, and then says `live`. */
  syncing(): void {
    this.#unseen = new Set(this.#bottles.keys())
    this.#change({ connection: this.#draft.connection === 'connecting' ? 'connecting' : 'lost' })
  }

  opened(): void {
    this.#change({ connection: 'open' })
  }

  receive(message: TabMessage): void {
    switch (message.kind) {
      case 'bottle':
        this.#unseen?.delete(message.bottle.slug)
        this.#bottles.set(message.bottle.slug, message.bottle)
        // During the first sync the list is not whole yet; half of it would be drawn as if it were all.
        if (this.#known) this.#bottlesChanged()
        break
      case 'bottle-removed':
        this.#bottles.delete(message.slug)
        this.#bottlesChanged()
        break
      case 'engine':
        this.#change({ engine: message.engine })
        break
      case 'live':
        for (const slug of this.#unseen ?? []) this.#bottles.delete(slug)
        this.#unseen = null
        this.#known = true
        this.#bottlesChanged()
        break
      case 'events': // of one bottle; TabStream hands them to whoever watches it
        break
    }
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  readonly snapshot = (): TabState => this.#state

  #bottlesChanged(): void {
    this.#change({ bottles: [...this.#bottles.values()].sort((a, b) => b.createdAt - a.createdAt) })
  }

  #change(part: Partial<TabState>): void {
    this.#draft = { ...this.#draft, ...part }
    if (this.#scheduled) return
    this.#scheduled = true
    this.schedule(() => {
      this.#scheduled = false
      this.#state = this.#draft
      for (const listener of this.#listeners) listener()
    })
  }
}
