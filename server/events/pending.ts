import type { BottleEvent, StepName } from '../contract/events.ts'
import { countLines, textLength } from './lines.ts'

/** Text that may wait to be written, in UTF-16 units; what comes beyond it is counted and dropped. */
const MOST_WAITING = 64 * 1024 * 1024
/** Written at once: this many events … */
const MOST_EVENTS = 500
/** … and about this much text, so that one write does not hold up the event loop. */
const MOST_LENGTH = 512 * 1024

const TOO_FAST = 'The output came faster than it could be stored.'

interface Waiting {
  at: number
  event: BottleEvent
}

/**
 * Events on their way to the store. Bounded: while nothing can be stored, output is counted instead of kept, so that
 * a launch goes on without a log, and the log says where and how much is missing. Steps and states are always kept.
 */
export class Pending {
  #queue: Waiting[] = []
  #length = 0
  #why: string | null = null

  get isEmpty(): boolean {
    return this.#queue.length === 0
  }

  /** What was given back is stored, so output is kept again. */
  recovered(): void {
    this.#why = null
  }

  push(event: BottleEvent): void {
    const length = textLength(event)
    const why = this.#why ?? (this.#length + length > MOST_WAITING ? TOO_FAST : null)
    if (why !== null && isBulk(event)) {
      drop(this.#queue, event, why)
      return
    }
    this.#queue.push({ at: Date.now(), event })
    this.#length += length
  }

  /** The oldest events, in order; they are no longer here. */
  take(): Waiting[] {
    let count = 0
    for (let length = 0; count < this.#queue.length && count < MOST_EVENTS && length < MOST_LENGTH; count += 1) {
      length += textLength(this.#queue[count]!.event)
    }
    const taken = this.#queue.splice(0, count)
    for (const { event } of taken) this.#length -= textLength(event)
    return taken
  }

  /** Puts back what could not be stored, with a count in place of the output, also of what comes until it can be. */
  giveBack(taken: readonly Waiting[], why: string): void {
    const thinned: Waiting[] = []
    for (const waiting of [...taken, ...this.#queue]) {
      if (isBulk(waiting.event)) drop(thinned, waiting.event, why)
      else thinned.push(waiting)
    }
    this.#queue = thinned
    this.#length = 0
    this.#why = why
  }

  clear(): void {
    this.#queue = []
    this.#length = 0
  }
}

type Bulk = Extract<BottleEvent, { type: 'output' | 'progress' | 'egress' }>

const isBulk = (event: BottleEvent): event is Bulk =>
  event.type === 'output' || event.type === 'progress' || event.type === 'egress'

/** Counts what is lost at the end of the queue: one mark for each unbroken loss of a step, or of requests. */
function drop(queue: Waiting[], event: Bulk, why: string): void {
  if (event.type === 'egress') dropRequests(queue, event)
  if (event.type !== 'output' || event.partial) return
  const lines = countLines(event)
  const last = queue.at(-1)
  if (last?.event.type === 'dropped' && last.event.step === event.step && last.event.why === why) {
    last.event = { ...last.event, lines: last.event.lines + lines }
  } else {
    queue.push({ at: Date.now(), event: dropped(lines, why, event.step) })
  }
}

function dropRequests(queue: Waiting[], { n, requests, lost = 0 }: Extract<BottleEvent, { type: 'egress' }>): void {
  const count = requests.reduce((sum, request) => sum + (request.count ?? 1), lost)
  const last = queue.findLast(({ event }) => event.type === 'egress')
  if (last?.event.type === 'egress' && last.event.requests.length === 0)
    last.event = { ...last.event, n, lost: (last.event.lost ?? 0) + count }
  else queue.push({ at: Date.now(), event: { type: 'egress', requests: [], n, lost: count } })
}

const dropped = (lines: number, why: string, step: StepName): BottleEvent => ({ type: 'dropped', lines, why, step })
