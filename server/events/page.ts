import type { BottleSlug, EventSeq } from '../contract/ids.ts'
import type { LogOutline, LogPage } from '../contract/views.ts'
import { linesOf } from './lines.ts'
import type { EventStore, Head } from './store.ts'

/** Lines that may be seen, both ends included; null is open. */
export interface LineRange {
  from: number | null
  to: number | null
}

interface PageRequest {
  from: number
  count: number
  range?: LineRange
}

/**
 * A window of a log.
 *
 * @param request lines outside the log or its range are left out, not an error; `total` counts up to the range's end
 * @returns with marks before each of its lines, and those after the last line when the window reaches the log's end
 */
export async function readPage(
  store: EventStore,
  slug: BottleSlug,
  head: Head,
  { from, count, range }: PageRequest,
): Promise<LogPage> {
  const total = Math.min(head.lines, range?.to ?? head.lines)
  const first = Math.max(1, from, range?.from ?? 1)
  const last = Math.min(total, from + count - 1)
  const atEnd = last === head.lines && (range?.to ?? null) === null
  const [stored, marks] = await Promise.all([
    first <= last ? store.lines(slug, first, last) : [],
    store.marks(slug, first, atEnd ? last + 1 : last),
  ])
  const lines = stored.flatMap(linesOf).filter((line) => line.n >= first && line.n <= last)
  return { total, from: first, lines, marks, lastSeq: head.seq as EventSeq }
}

/**
 * Every mark of a log, or of a range with the step that its first line lies in; so that a page can place and fold the
 * steps of a long log before it has a single line of it.
 */
export async function readOutline(
  store: EventStore,
  slug: BottleSlug,
  head: Head,
  range?: LineRange,
): Promise<LogOutline> {
  const total = Math.min(head.lines, range?.to ?? head.lines)
  const atEnd = (range?.to ?? null) === null
  const from = range?.from ?? 1
  const all = await store.marks(slug, 1, atEnd ? total + 1 : total)
  const step = all.findLast(({ beforeLine, event }) => beforeLine < from && event.type.startsWith('step-'))
  const inside = all.filter(({ beforeLine }) => beforeLine >= from)
  const marks = step?.event.type === 'step-started' ? [step, ...inside] : inside
  return { total, marks, lastSeq: head.seq as EventSeq }
}
