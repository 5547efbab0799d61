import type { StoredEvent } from '../contract/events.ts'
import { textLength } from './lines.ts'

/** Kept in memory for each bottle: this many events … */
const EVENTS = 512
/** … and this much text, in UTF-16 units. */
const LENGTH = 512 * 1024

/**
 * The latest stored events of one bottle, for the readers who are up to date. A reader who falls behind it reads from
 * the store, so that its slowness costs nobody memory.
 */
export class Tail {
  #events: StoredEvent[] = []
  #length = 0

  /** @param floor number of the last event that is *not* in here */
  constructor(private floor: number) {}

  push(stored: StoredEvent): void {
    this.#events.push(stored)
    this.#length += lengthOf(stored)
    while (this.#events.length > EVENTS || this.#length > LENGTH) {
      const oldest = this.#events.shift()!
      this.#length -= lengthOf(oldest)
      this.floor = oldest.seq
    }
  }

  /** Forgets events that newer ones replaced. */
  remove(seqs: readonly number[]): void {
    for (const seq of seqs) {
      const index = this.#events.findLastIndex((stored) => stored.seq === seq)
      if (index >= 0) this.#length -= lengthOf(this.#events.splice(index, 1)[0]!)
    }
  }

  /** Everything after a number; null when some of it is in the store only. */
  after(seq: number): readonly StoredEvent[] | null {
    if (seq < this.floor) return null
    const from = this.#events.findIndex((stored) => stored.seq > seq)
    return from < 0 ? [] : this.#events.slice(from)
  }
}

/** Roughly what an event takes; 100 for what is not text. */
const lengthOf = ({ event }: StoredEvent): number => 100 + textLength(event)
