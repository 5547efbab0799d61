import { setImmediate } from 'node:timers/promises'
import type { BottleEvent, StoredEvent } from '../contract/events.ts'
import { FINAL_STATES } from '../contract/events.ts'
import type { BottleSlug, EventSeq } from '../contract/ids.ts'
import { countLines } from './lines.ts'
import { SecretMask } from './mask.ts'
import { Pending } from './pending.ts'
import type { EventStore, Head, NewRow } from './store.ts'
import { Tail } from './tail.ts'

/** Events wait this long for others, so that many are written at once. */
const WRITE_DELAY_MS = 10
/** Pause after a write that failed: 250 ms, doubled up to 5 s. */
const RETRY_MS = { first: 250, most: 5000 }
/** Events read from the store at once by somebody who is behind. */
const READ_EVENTS = 64

export interface JournalOptions {
  slug: BottleSlug
  store: EventStore
  head: Head
  /** Told why events cannot be stored, and with null when they can be again. */
  onProblem(slug: BottleSlug, why: string | null): void
}

/**
 * The events of one bottle: queued, numbered, written, and only then shown to readers.
 *
 * Writes go one after the other, so numbers are given in the order of `append` and never go back. A number is given
 * when an event is written; there are gaps where an event was replaced by a newer one (see {@link supersedes}).
 */
export class Journal {
  readonly mask = new SecretMask()
  readonly #tail: Tail
  readonly #pending = new Pending()
  readonly #waiting = new Set<() => void>()
  /** Numbers of the events that a newer one of the same kind will replace. */
  readonly #replaceable = new Map<string, EventSeq>()
  #head: Head
  #writing: Promise<void> | null = null
  #timer: NodeJS.Timeout | undefined
  #retryMs = 0
  #closed = false

  constructor(private readonly options: JournalOptions) {
    this.#head = options.head
    this.#tail = new Tail(options.head.seq)
  }

  /** As far as it is stored. */
  get head(): Readonly<Head> {
    return this.#head
  }

  /** True when the bottle has come to an end and nothing waits to be written. */
  get isOver(): boolean {
    return (
      this.#closed || (this.#pending.isEmpty && this.#head.state !== null && FINAL_STATES.includes(this.#head.state))
    )
  }

  /** True once the bottle's log was removed. */
  get isClosed(): boolean {
    return this.#closed
  }

  append(event: BottleEvent): void {
    if (this.#closed) return
    this.#pending.push(this.mask.event(event))
    if (!this.#writing) this.#timer ??= setTimeout(() => this.#start(), WRITE_DELAY_MS)
  }

  /** Resolves when all that was appended is stored, or cannot be for now. */
  async flush(): Promise<void> {
    if (!this.#writing && this.#retryMs === 0) this.#start()
    await this.#writing
  }

  /** The next events after a number: from memory while they are recent, else from the store. */
  async after(seq: number): Promise<readonly StoredEvent[]> {
    if (seq >= this.#head.seq) return []
    return this.#tail.after(seq) ?? (await this.options.store.after(this.options.slug, seq, READ_EVENTS))
  }

  /** Resolves once there is more than `seq`, the journal closed, or the signal aborted. */
  async change(seq: number, signal: AbortSignal): Promise<void> {
    if (this.#head.seq > seq || this.#closed || signal.aborted) return
    let wake = () => {}
    await new Promise<void>((resolve) => {
      wake = resolve
      this.#waiting.add(wake)
      signal.addEventListener('abort', wake, { once: true })
    })
    this.#waiting.delete(wake)
    signal.removeEventListener('abort', wake)
  }

  /** Ends every reader; what is appended later is ignored. */
  async close(): Promise<void> {
    this.#closed = true
    this.#pending.clear()
    clearTimeout(this.#timer)
    await this.#writing
    this.#wake()
  }

  #start(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#write().finally(() => {
      this.#writing = null
      // Something may have come after the last look into the queue.
      if (!this.#pending.isEmpty && this.#retryMs === 0) this.#start()
    })
  }

  async #write(): Promise<void> {
    for (let taken = this.#pending.take(); taken.length > 0; taken = this.#pending.take()) {
      const rows = this.#numbered(taken)
      try {
        await this.options.store.insert(this.options.slug, rows)
      } catch (error) {
        this.#failed(taken, error)
        return
      }
      if (this.#retryMs > 0) this.options.onProblem(this.options.slug, null)
      this.#retryMs = 0
      this.#pending.recovered()
      this.#deliver(rows)
      await this.#replace(rows)
      await setImmediate() // the driver works synchronously: without a pause a flood would stop everything else
    }
  }

  #numbered(taken: readonly { at: number; event: BottleEvent }[]): NewRow[] {
    let { seq, lines: total } = this.#head
    return taken.map(({ at, event }) => {
      const lines = countLines(event)
      seq += 1
      const stored = { seq: seq as EventSeq, at, firstLine: lines > 0 ? total + 1 : null, lines, event }
      const row = { stored, line: total + 1 }
      total += lines
      return row
    })
  }

  #deliver(rows: readonly NewRow[]): void {
    let { seq, lines, state } = this.#head
    for (const { stored } of rows) {
      seq = stored.seq
      lines += stored.lines
      if (stored.event.type === 'state') state = stored.event.state
      this.#tail.push(stored)
    }
    this.#head = { seq, lines, state }
    this.#wake()
  }

  /** Deletes what the new rows make obsolete. Failing is harmless: a stale partial line stays between the lines. */
  async #replace(rows: readonly NewRow[]): Promise<void> {
    const obsolete: EventSeq[] = []
    for (const { stored } of rows) {
      const kind = supersedes(stored.event)
      if (kind === null) continue
      const older = this.#replaceable.get(kind)
      if (older !== undefined) obsolete.push(older)
      if (stored.lines > 0) this.#replaceable.delete(kind)
      else this.#replaceable.set(kind, stored.seq)
    }
    if (obsolete.length === 0) return
    this.#tail.remove(obsolete)
    await this.options.store.delete(this.options.slug, obsolete).catch(() => {})
  }

  #failed(taken: readonly { at: number; event: BottleEvent }[], error: unknown): void {
    if (this.#closed) return
    const why = reasonOf(error)
    if (why === null) {
      // The bottle's own row is gone: it was removed while its last events were on their way.
      this.#closed = true
      this.#pending.clear()
      this.#wake()
      return
    }
    if (this.#retryMs === 0) this.options.onProblem(this.options.slug, why)
    this.#retryMs = Math.min(this.#retryMs * 2 || RETRY_MS.first, RETRY_MS.most)
    this.#pending.giveBack(taken, why)
    this.#timer = setTimeout(() => this.#start(), this.#retryMs).unref()
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake()
  }
}

/**
 * What kind of event this one replaces: a partial line ends with the next output of its step and stream, a progress
 * with the next of its step and unit. So the store keeps the latest only, and a late reader is not shown old ones.
 */
export function supersedes(event: BottleEvent): string | null {
  if (event.type === 'output') return `output ${event.step} ${event.stream}`
  if (event.type === 'progress') return `progress ${event.step} ${event.unit}`
  return null
}

/** In words for the operator; null when the bottle itself is gone. */
function reasonOf(error: unknown): string | null {
  const told = error instanceof Error ? error.message : String(error)
  if (/FOREIGN KEY constraint/.test(told)) return null
  if (/SQLITE_FULL|ENOSPC/.test(told)) return 'The disk is full.'
  if (/SQLITE_IOERR/.test(told)) return 'The disk could not be written.'
  return 'The log could not be stored.'
}
