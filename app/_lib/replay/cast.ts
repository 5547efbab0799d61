/** One thing that a recorded terminal did. `at` in seconds from the beginning, pauses shortened. */
export type CastEvent =
  | { at: number; kind: 'output'; data: string }
  | { at: number; kind: 'size'; cols: number; rows: number }

export interface Cast {
  cols: number
  rows: number
  /** Epoch milliseconds; null where the file does not say. */
  recordedAt: number | null
  events: readonly CastEvent[]
  /** Seconds. */
  duration: number
}

/** Nobody waits longer than this for something to happen, in seconds. */
const LONGEST_PAUSE = 2

/**
 * Reads an asciicast v2. Lines that are broken, as after a crash, are left out; so are kinds of events that show nothing.
 *
 * @throws Error when there is no header
 * @see https://docs.asciinema.org/manual/asciicast/v2/
 */
export function parseCast(text: string): Cast {
  const [first = '', ...lines] = text.split('\n')
  const header = parsed(first)
  if (!isObject(header) || header.version !== 2) throw new Error('This is not a recording that can be played.')
  const size = sizeOf(header.width, header.height) ?? { cols: 80, rows: 24 }
  const events: CastEvent[] = []
  let at = 0
  let before = 0
  for (const line of lines) {
    const event = parsed(line)
    if (!Array.isArray(event)) continue
    const [time, kind, data] = event as unknown[]
    if (typeof time !== 'number' || !Number.isFinite(time) || typeof data !== 'string') continue
    at += Math.min(LONGEST_PAUSE, Math.max(0, time - before))
    before = Math.max(before, time)
    if (kind === 'o') events.push({ at, kind: 'output', data })
    else if (kind === 'r') {
      const [cols, rows] = data.split('x').map(Number)
      const next = sizeOf(cols, rows)
      if (next) events.push({ at, kind: 'size', ...next })
    }
  }
  const recordedAt = typeof header.timestamp === 'number' ? header.timestamp * 1000 : null
  return { ...size, recordedAt, events, duration: at }
}

/** How many events have happened at a time: the place of the first that has not. */
export function eventsUntil(events: readonly CastEvent[], at: number): number {
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (events[middle]!.at <= at) low = middle + 1
    else high = middle
  }
  return low
}

function sizeOf(cols: unknown, rows: unknown): { cols: number; rows: number } | null {
  const fits = (value: unknown, most: number): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most
  return fits(cols, 1000) && fits(rows, 500) ? { cols: Math.max(2, cols), rows } : null
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
