import type { PrismaClient } from '../../prisma/generated/client.ts'
import type { BottleEvent, NetworkEvent, StoredEvent } from '../contract/events.ts'
import type { BottleSlug, EventSeq } from '../contract/ids.ts'
import type { LogOutline, LogPage, LogSearch } from '../contract/views.ts'
import { Journal } from './journal.ts'
import { type LineRange, readOutline, readPage } from './page.ts'
import { type SearchQuery, searchLines } from './search.ts'
import { EventStore, type Head, type StoredNetworkEvent } from './store.ts'

/** Lines read at once for a whole log. */
const PAGE_LINES = 2000

const NOTHING: Head = { seq: 0, lines: 0, state: null }

export interface EventLogOptions {
  /** Told why events of a bottle cannot be stored (disk full), once, and with null when they can be again. */
  onProblem?: (slug: BottleSlug, why: string | null) => void
}

/**
 * The numbered logs of all bottles: written once, read from any number by anybody, at any time.
 *
 * An event is stored first and shown then, so a number that somebody has seen can be resumed from, by another reader
 * and after a restart alike. Numbers rise and have gaps: a partial line or a progress leaves the store when its
 * successor comes.
 */
export class EventLog {
  readonly #store: EventStore
  readonly #journals = new Map<BottleSlug, Journal>()

  private constructor(
    store: EventStore,
    private readonly options: EventLogOptions,
  ) {
    this.#store = store
  }

  /** Reads how far every bottle's log has come; one per database. */
  static async open(db: PrismaClient, options: EventLogOptions = {}): Promise<EventLog> {
    const store = new EventStore(db)
    const log = new EventLog(store, options)
    for (const [slug, head] of await store.heads()) log.#open(slug, head)
    return log
  }

  /**
   * Takes an event at once; it is masked here, and stored within 50 ms. The bottle's row must exist.
   * Never throws: while the disk is full, steps and states wait in memory, and output is counted (`dropped`).
   */
  append(slug: BottleSlug, event: BottleEvent): void {
    this.#journal(slug).append(event)
  }

  /** Resolves when everything appended so far is stored, or cannot be for now. For one bottle or for all. */
  async flush(slug?: BottleSlug): Promise<void> {
    const journals = slug ? [this.#journal(slug)] : [...this.#journals.values()]
    await Promise.all(journals.map((journal) => journal.flush()))
  }

  /**
   * Yields the events after `after` in batches, each once and in order: those that are there, then those that come.
   * Ends when `signal` aborts or the log is removed; with `untilOver` also once a bottle in a final state has nothing
   * more. A slow reader delays only itself and holds nothing in memory.
   *
   * @param after number of the last event that is known, 0 for none; one beyond the end counts as the end
   */
  async *follow(
    slug: BottleSlug,
    after: number,
    signal: AbortSignal,
    { untilOver = false } = {},
  ): AsyncGenerator<readonly StoredEvent[]> {
    const journal = this.#journal(slug)
    let last = Math.min(after, journal.head.seq)
    while (!signal.aborted && !journal.isClosed) {
      const batch = await journal.after(last)
      const newest = batch.at(-1)
      if (newest) {
        last = newest.seq
        yield batch
      } else if (untilOver && journal.isOver) {
        return
      } else {
        await journal.change(last, signal)
      }
    }
  }

  /** Lines `from` to `from + count - 1` with the marks between them. @param range lines that may be seen at all */
  page(slug: BottleSlug, from: number, count: number, range?: LineRange): Promise<LogPage> {
    return readPage(this.#store, slug, this.#journal(slug).head, { from, count, ...(range && { range }) })
  }

  /** The marks of the whole log, without its lines. @param range lines that may be seen at all */
  outline(slug: BottleSlug, range?: LineRange): Promise<LogOutline> {
    return readOutline(this.#store, slug, this.#journal(slug).head, range)
  }

  /** The whole log as it is now, page after page, read only as fast as asked for; at least one page. */
  async *pages(slug: BottleSlug, range?: LineRange): AsyncGenerator<LogPage> {
    const last = Math.min(this.lineCount(slug), range?.to ?? Number.POSITIVE_INFINITY)
    let from = range?.from ?? 1
    do {
      yield await this.page(slug, from, PAGE_LINES, range)
      from += PAGE_LINES
    } while (from <= last)
  }

  /** Looks through the whole log in small pieces; other work goes on in between. */
  search(slug: BottleSlug, query: SearchQuery): Promise<LogSearch> {
    return searchLines(this.#store, slug, this.lineCount(slug), query)
  }

  /**
   * Stored events of one kind of the boundary's, newest first: those before a number, or the latest.
   * @param since epoch milliseconds; older ones are left out
   */
  network<T extends NetworkEvent['type']>(
    slug: BottleSlug,
    type: T,
    {
      before = Number.MAX_SAFE_INTEGER,
      limit,
      since = 0,
    }: { before?: number | undefined; limit: number; since?: number },
  ): Promise<StoredNetworkEvent<T>[]> {
    return this.#store.before(slug, type, { seq: before, limit, since })
  }

  /** Number of the last stored event, 0 when there is none. */
  lastSeq(slug: BottleSlug): EventSeq {
    return this.#journal(slug).head.seq as EventSeq
  }

  /** Stored log lines. */
  lineCount(slug: BottleSlug): number {
    return this.#journal(slug).head.lines
  }

  /** From now on these values are replaced before an event of the bottle is stored. Kept in memory only. */
  mask(slug: BottleSlug, values: readonly string[]): void {
    this.#journal(slug).mask.add(values)
  }

  /** An event as it would be stored, for those who keep something of it besides. */
  masked<T extends BottleEvent>(slug: BottleSlug, event: T): T {
    return this.#journal(slug).mask.event(event) as T
  }

  /** Removes the bottle's log and ends its readers. */
  async remove(slug: BottleSlug): Promise<void> {
    const journal = this.#journal(slug)
    await journal.close()
    await this.#store.deleteAll(slug)
    this.#journals.delete(slug)
  }

  #journal(slug: BottleSlug): Journal {
    return this.#journals.get(slug) ?? this.#open(slug, NOTHING)
  }

  #open(slug: BottleSlug, head: Head): Journal {
    const onProblem = this.options.onProblem ?? (() => {})
    const journal = new Journal({ slug, store: this.#store, head, onProblem })
    this.#journals.set(slug, journal)
    return journal
  }
}
