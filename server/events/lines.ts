import type { BottleEvent } from '../contract/events.ts'
import type { LogLine } from '../contract/views.ts'
import type { StoredLines } from './store.ts'

/** The last line counts whether or not it is ended. */
const cut = (text: string): string[] => {
  const lines = text.split('\n')
  if (text.endsWith('\n')) lines.pop()
  return lines
}

/** About what one request takes as JSON: without and with its headers and bodies. */
const REQUEST_LENGTH = { plain: 300, detailed: 6000 }

/** About how much text an event holds, in UTF-16 units; 0 for what is always short. */
export function textLength(event: BottleEvent): number {
  if (event.type === 'output') return event.text.length
  if (event.type !== 'egress') return 0
  return event.requests.reduce((sum, { detail }) => sum + REQUEST_LENGTH[detail ? 'detailed' : 'plain'], 0)
}

/** How many log lines an event holds; an unfinished one is none yet. */
export const countLines = (event: BottleEvent): number =>
  event.type === 'output' && !event.partial ? cut(event.text).length : 0

/** The lines of a stored event, one by one. */
export const linesOf = ({ at, firstLine, event }: StoredLines): LogLine[] =>
  cut(event.text).map((text, index) => ({ n: firstLine + index, at, step: event.step, stream: event.stream, text }))
