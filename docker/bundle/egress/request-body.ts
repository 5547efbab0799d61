import type { IncomingMessage } from 'node:http'
import { PassThrough, pipeline, type Readable, Transform } from 'node:stream'
import { Refusal } from './refusal.ts'
import type { Finding, Scanner } from './scanning.ts'

/** Bodies up to this size are held, decoded and scanned as a whole before a byte of them leaves. */
export const WHOLE_BODY_LIMIT = 8 * 1024 * 1024 // bytes
const WINDOW = 1024 * 1024 // bytes
const OVERLAP = 16 * 1024 // bytes: longer than any known value or bounded shape in any encoding

/** True when the request has a body, by its framing. Node has refused contradictory framing before. */
export const hasBody = (request: IncomingMessage): boolean =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0

export type ReadBody = { whole: Buffer } | { begun: Buffer[] }

/**
 * Reads a body up to the limit.
 * @returns it whole, or what was read of a longer one: the rest is still in `request`, paused
 * @throws Refusal when the agent goes away, or sends what is no body
 */
export async function readUpTo(request: IncomingMessage, limit = WHOLE_BODY_LIMIT): Promise<ReadBody> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return { begun: [] }
  const chunks: Buffer[] = []
  let size = 0
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      request.off('data', data).off('end', end).off('error', closed).off('close', closed)
      act()
    }
    const data = (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size <= limit) return
      request.pause()
      settle(() => resolve({ begun: chunks }))
    }
    const end = () => settle(() => resolve({ whole: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size) }))
    const closed = (error?: Error) => settle(() => reject(brokenOff(error)))
    request.on('data', data).on('end', end).on('error', closed).on('close', closed).resume()
  })
}

/** Why a body did not come whole. @param error of the request: a Refusal where it could not be read */
const brokenOff = (error?: Error): Refusal =>
  error instanceof Refusal ? error : new Refusal('malformed', 400, 'The agent closed the connection while sending.')

/**
 * The rest of a body as a stream of its own. Never the request itself, and nothing that destroys it: when an upstream
 * answers early, undici destroys what it was given, and with the request the agent's connection would go before it has
 * the answer. What is left of the body is then read and thrown away.
 *
 * @param begun what was read of it already
 */
export function passedOn(request: IncomingMessage, begun: readonly Buffer[] = []): PassThrough {
  const body = new PassThrough({ highWaterMark: 256 * 1024 })
  body.on('error', () => {})
  for (const chunk of begun) body.write(chunk)
  request.pipe(body)
  const gone = (error?: Error) => {
    if (!request.complete) body.destroy(brokenOff(error))
  }
  request.once('error', gone).once('close', gone)
  body.once('close', () => {
    request.unpipe(body)
    request.resume()
  })
  return body
}

/**
 * Passes a long body on window by window, each only once it has been scanned, with back-pressure both ways.
 * @param refuse called at the first finding: nothing of that window or after it is passed on, and the stream ends with
 *   what it returns
 */
export function scannedStream(
  body: Readable,
  scanner: Scanner,
  detectors: readonly string[],
  refuse: (findings: readonly Finding[]) => Error,
): Readable {
  let held: Buffer[] = []
  let size = 0
  let overlap: Buffer = Buffer.alloc(0)
  let scanning = Promise.resolve()
  // A value that lies across the seam must be found before its beginning leaves: hold back as much as one can be long.
  async function pass(chunks: readonly Buffer[], keep: number): Promise<void> {
    const all = Buffer.concat([overlap, ...chunks])
    const findings = await scanner.window(all, detectors)
    if (findings.length > 0) throw refuse(findings)
    const passed = all.subarray(0, Math.max(0, all.length - keep))
    overlap = all.subarray(passed.length)
    if (passed.length > 0) windows.push(passed)
  }
  /** Once the window before has passed, begins to scan what is held; the next one gathers meanwhile. */
  async function next(keep: number): Promise<void> {
    const chunks = held
    held = []
    size = 0
    await scanning
    scanning = pass(chunks, keep)
    scanning.catch((error: Error) => windows.destroy(error))
  }
  const windows = new Transform({
    highWaterMark: WINDOW,
    transform(chunk: Buffer, _encoding, done) {
      held.push(chunk)
      size += chunk.length
      if (size < WINDOW) return done()
      next(OVERLAP).then(() => done(), done)
    },
    flush(done) {
      next(0)
        .then(() => scanning)
        .then(() => done(), done)
    },
  })
  return pipeline(body, windows, () => {})
}
