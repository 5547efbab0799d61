import type { ExtraHeights } from '@/app/_lib/log/extra-heights'
import { LINE_HEIGHT, NOTE_HEIGHT } from '@/app/_lib/log/log-blocks'
import type { LogRow } from '@/app/_lib/log/log-layout'

interface Heights {
  extras: ExtraHeights
  noteHeights: Map<number, number>
  /** Lines are higher than one row only when they wrap. */
  wrap: boolean
  /** What begins above this height is above what is seen. */
  above: number
}

/**
 * Takes the true heights of the rows that are drawn.
 *
 * @param box its children are the rows, in order
 * @returns whether a height changed, and by how much those above what is seen grew, in pixels
 */
export function measureRows(
  box: HTMLElement | null,
  rows: readonly LogRow[],
  { extras, noteHeights, wrap, above }: Heights,
): { changed: boolean; above: number } {
  let changed = false
  let shift = 0
  for (const [index, row] of rows.entries()) {
    if (row.kind === 'step' || (row.kind === 'line' && !wrap)) continue
    const element = box?.children[index]
    if (!(element instanceof HTMLElement)) continue
    const height = element.offsetHeight
    let grown: number
    if (row.kind === 'line') grown = extras.set(row.n, height - LINE_HEIGHT)
    else {
      grown = height - (noteHeights.get(row.id) ?? NOTE_HEIGHT)
      noteHeights.set(row.id, height)
    }
    if (grown === 0) continue
    changed = true
    if (row.top + LINE_HEIGHT <= above) shift += grown
  }
  return { changed, above: shift }
}
