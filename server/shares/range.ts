import type { StoredEvent } from '../contract/events.ts'
import type { ShareView } from '../contract/views.ts'
import type { LineRange } from '../events/page.ts'

/** The lines that a share shows; undefined for all. */
export const rangeOf = ({ fromLine, toLine }: ShareView): LineRange | undefined =>
  fromLine === null && toLine === null ? undefined : { from: fromLine, to: toLine }

/**
 * Leaves of a stream of events what a range of lines may show: its lines and the bottle's states. Other events stand at
 * places that a stream does not tell; a page of the log has those inside the range. Ends after the last line.
 */
export async function* within(
  batches: AsyncIterable<readonly StoredEvent[]>,
  range: LineRange,
): AsyncGenerator<readonly StoredEvent[]> {
  for await (const batch of batches) {
    yield batch.map((stored) => cut(stored, range)).filter((stored) => stored !== null)
    const last = batch.findLast((stored) => stored.firstLine !== null)
    if (range.to !== null && last && last.firstLine! + last.lines > range.to) return
  }
}

function cut(stored: StoredEvent, range: LineRange): StoredEvent | null {
  const { event, firstLine, lines } = stored
  if (event.type === 'state') return stored
  if (event.type !== 'output' || firstLine === null) return null
  const from = Math.max(firstLine, range.from ?? 1)
  const to = Math.min(firstLine + lines - 1, range.to ?? Number.POSITIVE_INFINITY)
  if (from > to) return null
  const texts = event.text.split('\n').slice(from - firstLine, to - firstLine + 1)
  return { ...stored, firstLine: from, lines: to - from + 1, event: { ...event, text: `${texts.join('\n')}\n` } }
}
