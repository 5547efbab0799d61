import type { ServerResponse } from 'node:http'
import { z } from 'zod'
import { STEP_NAMES } from '../contract/events.ts'
import type { BottleSlug } from '../contract/ids.ts'
import type { LogLine, LogMark, LogPage } from '../contract/views.ts'
import { colouredText, plainText } from '../events/plain-text.ts'
import { flag } from './query.ts'
import { written } from './sse.ts'

/** Query of every `log.txt`. */
export const logTextQuery = z.object({
  /** `keep` keeps colours and type styles; other control sequences never pass. */
  ansi: z.enum(['keep', 'strip'], 'must be keep or strip').default('strip'),
  /** `1`: each line begins with its time, as ISO 8601 in UTC. */
  timestamps: flag.default(false),
  step: z.enum(STEP_NAMES, `must be one of: ${STEP_NAMES.join(', ')}`).optional(),
  /** `1`: offer it as a file instead of showing it. */
  download: flag.default(false),
})
type LogTextOptions = z.infer<typeof logTextQuery>

/** Sends a log as text, line n of the log on line n, with a line in brackets where lines were lost. */
export async function sendLogText(
  res: ServerResponse,
  slug: BottleSlug,
  pages: AsyncIterable<LogPage>,
  options: LogTextOptions,
  signal: AbortSignal,
): Promise<void> {
  res.writeHead(200, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(options.download && { 'content-disposition': `attachment; filename="${slug}.log.txt"` }),
  })
  for await (const page of pages) {
    const text = textOf(page, options)
    await written(res, text, signal)
  }
  res.end()
}

function textOf({ lines, marks }: LogPage, options: LogTextOptions): string {
  const { step } = options
  const lost = marks.filter(({ event }) => event.type === 'dropped' && (!step || event.step === step))
  const texts: string[] = []
  for (const line of lines) {
    while (lost[0] && lost[0].beforeLine <= line.n) texts.push(lostLine(lost.shift()!, options))
    if (!step || line.step === step) texts.push(lineText(line, options))
  }
  texts.push(...lost.map((mark) => lostLine(mark, options)))
  return texts.length === 0 ? '' : `${texts.join('\n')}\n`
}

function lineText({ at, text }: LogLine, { ansi, timestamps }: LogTextOptions): string {
  const safe = ansi === 'strip' ? plainText(text) : colouredText(text)
  // A style that a line leaves on would colour the next one, and the reader's prompt.
  const closed = safe.includes('\x1b') ? `${safe}\x1b[0m` : safe
  return timestamps ? `${new Date(at).toISOString()} ${closed}` : closed
}

function lostLine({ at, event }: LogMark, { timestamps }: LogTextOptions): string {
  if (event.type !== 'dropped') return ''
  const text = `[${event.lines} lines are missing here: ${plainText(event.why)}]`
  return timestamps ? `${new Date(at).toISOString()} ${text}` : text
}
