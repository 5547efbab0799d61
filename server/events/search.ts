import { setImmediate } from 'node:timers/promises'
import type { BottleSlug } from '../contract/ids.ts'
import type { LogSearch } from '../contract/views.ts'
import type { LineRange } from './page.ts'
import { plainText } from './plain-text.ts'
import type { EventStore } from './store.ts'

/** Lines looked through before other work gets its turn. */
const CHUNK = 2000
/** Where counting ends. */
const MOST_COUNTED = 100_000
/** How many line numbers are told. */
const MOST_TOLD = 10_000

export interface SearchQuery {
  /** Plain text, as it is seen: control sequences are not part of a line. */
  query: string
  caseSensitive?: boolean | undefined
  /** Lines that may be seen at all. */
  range?: LineRange | undefined
  signal?: AbortSignal | undefined
}

/** Finds the lines that contain a text. @param total lines in the log */
export async function searchLines(
  store: EventStore,
  slug: BottleSlug,
  total: number,
  { query, caseSensitive = false, range, signal }: SearchQuery,
): Promise<LogSearch> {
  const found: number[] = []
  let count = 0
  if (query === '' || query.includes('\n')) return { total: 0, lines: [] }
  const folded = caseSensitive ? (text: string) => text : (text: string) => text.toLowerCase()
  const wanted = folded(query)
  const last = Math.min(total, range?.to ?? total)
  for (let from = range?.from ?? 1; from <= last && count < MOST_COUNTED; from += CHUNK) {
    const to = Math.min(last, from + CHUNK - 1)
    for (const { firstLine, event } of await store.lines(slug, from, to)) {
      const text = folded(plainText(event.text))
      if (!text.includes(wanted)) continue
      for (const [index, line] of text.split('\n').entries()) {
        const n = firstLine + index
        if (n < from || n > to || !line.includes(wanted)) continue
        count += 1
        if (found.length < MOST_TOLD) found.push(n)
        if (count === MOST_COUNTED) break
      }
    }
    await setImmediate()
    signal?.throwIfAborted()
  }
  return { total: count, lines: found }
}
