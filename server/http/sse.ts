import { once } from 'node:events'
import type { ServerResponse } from 'node:http'

/** A comment this often keeps proxies and phones from closing a quiet stream. */
const HEARTBEAT_MS = 15_000
/** How soon a browser comes back after a lost connection. */
const RETRY_MS = 1000

export interface ServerSentEvent {
  /** Comes back as `Last-Event-ID` when the client connects again. */
  id?: number
  event: string
  data: unknown
}

/**
 * Writes batches as server-sent events until they end, with a final `event: end`, or until `signal` aborts. Takes the
 * next batch only when the client has room for it, so a slow client costs no memory.
 *
 * @param signal also aborted when the client has gone away
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function sendEvents(
  res: ServerResponse,
  batches: AsyncIterable<readonly ServerSentEvent[]>,
  signal: AbortSignal,
): Promise<void> {
  res.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform', // no-transform: compression would hold events back
    'x-accel-buffering': 'no',
  })
  if (res.req.method === 'HEAD') return void res.end()
  res.write(`retry: ${RETRY_MS}\n\n`)
  const heartbeat = setInterval(() => {
    if (!res.writableNeedDrain) res.write(':\n\n')
  }, HEARTBEAT_MS)
  try {
    for await (const batch of batches) await written(res, batch.map(frame).join(''), signal)
    // A client that is told so does not come back; one whose connection merely ends does.
    res.end(frame({ event: 'end', data: {} }))
  } catch (error) {
    if (!signal.aborted) throw error
    res.end()
  } finally {
    clearInterval(heartbeat)
  }
}

/** Resolves when there is room for more. @throws the signal's reason when the client goes away meanwhile */
export async function written(res: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  if (text !== '' && !res.write(text)) await once(res, 'drain', { signal })
}

/** JSON has no line breaks of its own, so `data` is always one line. */
const frame = ({ id, event, data }: ServerSentEvent): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
