import { isNetworkEvent, type StepName, type StoredEvent } from '@/server/contract/events'
import type { LogLine, LogMark, LogOutline, LogPage } from '@/server/contract/views'
import { wholeLines } from '../timeline'

/** Lines are fetched and forgotten in pages of this many. */
export const PAGE_LINES = 500
/** What may be held at once; beyond it the pages farthest from what is looked at are forgotten. */
const MAX_LINES = 40_000
const MAX_CHARS = 24_000_000

/** The beginning of a line whose end has not come yet, such as a progress bar. */
export interface PartialLine {
  step: StepName
  stream: 'stdout' | 'stderr'
  text: string
  at: number
}

interface Page {
  lines: (LogLine | undefined)[]
  held: number
  chars: number
}

/**
 * The part of a log that is held in the page: every mark, and the lines near what is looked at.
 * Lines come from fetched pages and from live events, in any order; the number of a line decides its place.
 */
export class LogStore {
  /** Number of the last line that exists, held or not. */
  total: number
  /** Highest event number seen; earlier ones are passed over. */
  lastSeq: number
  /** In the order in which they stand in the log. */
  readonly marks: LogMark[]
  readonly partials = new Map<string, PartialLine>()
  /** Goes up with every change. */
  version = 0
  readonly #pages = new Map<number, Page>()
  #held = 0
  #chars = 0

  constructor(outline: LogOutline) {
    this.total = outline.total
    this.lastSeq = outline.lastSeq
    this.marks = [...outline.marks]
  }

  line(n: number): LogLine | undefined {
    return this.#pages.get(pageOf(n))?.lines[(n - 1) % PAGE_LINES]
  }

  /** How many lines are in memory. */
  get held(): number {
    return this.#held
  }

  addPage(page: Pick<LogPage, 'lines' | 'total'>): void {
    for (const line of page.lines) this.#put(line)
    this.total = Math.max(this.total, page.total)
    this.version++
  }

  /** Live events, in order; those already known change nothing. */
  append(events: readonly StoredEvent[]): void {
    for (const stored of events) {
      if (stored.seq <= this.lastSeq) continue
      this.lastSeq = stored.seq
      const { event, at } = stored
      if (event.type === 'progress' || isNetworkEvent(event)) continue
      if (event.type !== 'output') {
        this.marks.push({ beforeLine: this.total + 1, at, event })
        if (event.type === 'step-done' || event.type === 'step-failed') this.#forgetPartials(event.step)
        continue
      }
      const key = `${event.step}/${event.stream}`
      if (event.partial) {
        this.partials.set(key, { step: event.step, stream: event.stream, text: event.text, at })
        continue
      }
      this.partials.delete(key)
      const first = stored.firstLine ?? this.total + 1
      const texts = wholeLines(event.text)
      for (const [i, text] of texts.entries()) {
        this.#put({ n: first + i, at, step: event.step, stream: event.stream, text })
      }
      this.total = Math.max(this.total, first + texts.length - 1)
    }
    this.version++
  }

  /** @returns first lines of the pages between two lines, both included, that are not wholly held */
  missing(from: number, to: number): number[] {
    const starts: number[] = []
    const last = Math.min(to, this.total)
    for (let page = pageOf(Math.max(1, from)); page <= pageOf(last) && last > 0; page++) {
      const start = page * PAGE_LINES + 1
      const size = Math.min(PAGE_LINES, this.total - start + 1)
      if ((this.#pages.get(page)?.held ?? 0) < size) starts.push(start)
    }
    return starts
  }

  /** Forgets what is farthest from the lines that are looked at, until what is held fits. */
  evict(from: number, to: number): void {
    if (this.#held <= MAX_LINES && this.#chars <= MAX_CHARS) return
    const distance = (page: number) => Math.max(pageOf(from) - page, page - pageOf(to))
    const farthestFirst = [...this.#pages.keys()].sort((a, b) => distance(b) - distance(a))
    for (const page of farthestFirst) {
      if (distance(page) <= 1 || (this.#held <= MAX_LINES && this.#chars <= MAX_CHARS)) return
      const { held, chars } = this.#pages.get(page)!
      this.#pages.delete(page)
      this.#held -= held
      this.#chars -= chars
    }
  }

  #put(line: LogLine): void {
    const index = pageOf(line.n)
    let page = this.#pages.get(index)
    if (!page) {
      page = { lines: new Array(PAGE_LINES), held: 0, chars: 0 }
      this.#pages.set(index, page)
    }
    const place = (line.n - 1) % PAGE_LINES
    if (page.lines[place]) return
    page.lines[place] = line
    page.held++
    page.chars += line.text.length
    this.#held++
    this.#chars += line.text.length
  }

  #forgetPartials(step: StepName): void {
    for (const [key, partial] of this.partials) if (partial.step === step) this.partials.delete(key)
  }
}

const pageOf = (n: number): number => Math.floor((n - 1) / PAGE_LINES)
