/** Lines of a log that a link points at, both ends included. */
export interface LineRange {
  from: number
  to: number
}

/** Reads `#L120` and `#L120-L140` (`#L120-140` too); null for anything else. */
export function parseLineHash(hash: string): LineRange | null {
  const match = /^#?L(\d{1,9})(?:-L?(\d{1,9}))?$/.exec(hash)
  if (!match) return null
  const from = Number(match[1])
  const to = match[2] === undefined ? from : Number(match[2])
  return from > 0 && to > 0 ? orderedRange(from, to) : null
}

export const formatLineHash = ({ from, to }: LineRange): string => (from === to ? `#L${from}` : `#L${from}-L${to}`)

/** “Line 120”, “Lines 120–140”. */
export const rangeText = ({ from, to }: LineRange): string => (from === to ? `Line ${from}` : `Lines ${from}–${to}`)

/** A range between two lines, whichever was chosen first. */
export const orderedRange = (a: number, b: number): LineRange => ({ from: Math.min(a, b), to: Math.max(a, b) })

export const inRange = (range: LineRange | null, n: number): boolean =>
  range !== null && n >= range.from && n <= range.to
