import type { AnsiSpan } from '../ansi'

export interface HitSpan extends AnsiSpan {
  /** Part of what was searched for. */
  hit?: true
}

/** Marks what was searched for, also where a change of colour runs through it. */
export function markHits(spans: readonly AnsiSpan[], query: string, caseSensitive: boolean): readonly HitSpan[] {
  const hits = hitsIn(spans.map((span) => span.text).join(''), query, caseSensitive)
  if (hits.length === 0) return spans
  const marked: HitSpan[] = []
  let at = 0
  for (const span of spans) {
    const end = at + span.text.length
    let from = at
    for (const hit of hits) {
      const hitFrom = Math.max(hit, from)
      const hitTo = Math.min(hit + query.length, end)
      if (hitTo <= hitFrom) continue
      if (hitFrom > from) marked.push({ ...span, text: span.text.slice(from - at, hitFrom - at) })
      marked.push({ ...span, text: span.text.slice(hitFrom - at, hitTo - at), hit: true })
      from = hitTo
    }
    if (from < end) marked.push({ ...span, text: span.text.slice(from - at) })
    at = end
  }
  return marked
}

/** @returns where each hit begins; hits do not overlap */
function hitsIn(text: string, query: string, caseSensitive: boolean): number[] {
  if (query === '') return []
  const fold = (value: string) => (caseSensitive ? value : foldCase(value))
  const hay = fold(text)
  const needle = fold(query)
  const hits: number[] = []
  for (let at = hay.indexOf(needle); at !== -1; at = hay.indexOf(needle, at + needle.length)) hits.push(at)
  return hits
}

/** Lower case that keeps every letter in its place: `toLowerCase` alone makes two of `İ`. */
const foldCase = (text: string): string =>
  text.replace(/\p{Lu}/gu, (letter) => {
    const lower = letter.toLowerCase()
    return lower.length === letter.length ? lower : letter
  })

/**
 * The hit to go to from a line.
 *
 * @param lines numbers of the lines that have one, ascending
 * @param from the line that one is at; the hit on it is passed over unless `including`
 * @returns its place in `lines`, round the end; -1 when there is none
 */
export function hitFrom(lines: readonly number[], from: number, direction: 1 | -1, including = false): number {
  if (lines.length === 0) return -1
  if (direction === 1) {
    const place = lines.findIndex((n) => (including ? n >= from : n > from))
    return place === -1 ? 0 : place
  }
  const place = lines.findLastIndex((n) => (including ? n <= from : n < from))
  return place === -1 ? lines.length - 1 : place
}
