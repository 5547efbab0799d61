import type { ServerResponse } from 'node:http'
import type { Agent, Dispatcher } from 'undici'
import type { AuditEntry } from './audit.ts'
import type { Detail } from './detail.ts'
import { downstreamHeaders, valuesOf } from './headers.ts'
import { CUT_MARKER, InjectionWatch, injectionFound } from './inbound-scan.ts'
import { ByteWatch, type Needles } from './reflection.ts'
import { Refusal } from './refusal.ts'
import { send } from './upstream.ts'

/** Longest that an agent may take to read why its answer ends. */
const MARKER_MS = 1_000

export interface AnswerJob {
  upstream: Agent
  request: Dispatcher.DispatchOptions
  response: ServerResponse
  /** Forms of the values that must not come back; null: no credential was added. */
  secrets: Needles | null
  scanInbound: false | readonly string[]
  /** What inbound scanning finds cuts the answer; else it is told and nothing more. */
  blockInbound: boolean
  entry: AuditEntry
  /** At log level 2. */
  detail: Detail | null
}

/**
 * Sends the request and streams the answer to the agent as it comes, unbuffered and with back-pressure.
 * @throws Refusal as long as nothing was answered; afterwards a fault cuts the answer
 */
export function answer(job: AnswerJob): Promise<void> {
  const { upstream, request, response, secrets, scanInbound, entry, detail } = job
  const watch = secrets && new ByteWatch(secrets)
  const injection = scanInbound === false ? null : new InjectionWatch(scanInbound)
  const blocks = injection !== null && job.blockInbound
  return new Promise((resolve, reject) => {
    let begun = false
    // Of an answer that may be blocked the head waits for the first piece: a refusal can then still take its place.
    let begin = () => {}
    let sized = false
    let isHeadAlone = true
    let resume = () => {}
    const over = (facts: Parameters<AuditEntry['write']>[0] = {}) => {
      entry.write(facts)
      resolve()
    }
    const cut = (refusal: Refusal) => {
      if (!begun) return reject(refusal)
      if (refusal.rule === 'injection-inbound' && !sized) endMarked(response)
      else response.destroy()
      over({ outcome: 'refused', rule: refusal.rule, message: refusal.message })
    }
    const gone = { message: 'The agent closed the connection before the answer ended.' }
    // Such as while its request was scanned: `close` does not come again.
    if (response.destroyed) return over(gone)
    const sending = send(upstream, request, {
      head({ status, statusText, headers }, control) {
        const passed = downstreamHeaders(headers)
        if (status === 101)
          return control.abort(new Refusal('upstream', 502, 'The upstream switched protocols unasked.'))
        if (watch?.seenIn(Buffer.from(`${statusText}\n${passed.join('\n')}\n`, 'latin1'))) {
          return control.abort(
            new Refusal('token-reflected', 502, 'The answer held the credential that egress adds, and was cut.'),
          )
        }
        if ((secrets || blocks) && isCoded(valuesOf(headers, 'content-encoding'))) {
          return control.abort(
            new Refusal('encoding', 502, 'The upstream compressed its answer unasked, so it cannot be checked.'),
          )
        }
        begin = () => {
          begin = () => {}
          // Throws for characters that no header may hold; the upstream's own words for the status are not passed on.
          response.writeHead(status, passed)
          begun = true
          sized = valuesOf(passed, 'content-length').length > 0
          entry.note({ status })
          detail?.answered(passed)
          resume = control.resume
          // Node sends the head with the first piece: as a rule all of a small answer came in one. Nothing waits longer.
          process.nextTick(() => {
            if (isHeadAlone) response.flushHeaders()
          })
        }
        if (!blocks) begin()
      },
      data(chunk) {
        if (watch?.seenIn(chunk)) {
          sending.abort(
            new Refusal('token-reflected', 502, 'The answer held the credential that egress adds, and was cut.'),
          )
          return true
        }
        const finding = injection?.seenIn(chunk)
        if (finding) entry.note({ findings: [finding] })
        if (finding && blocks) {
          sending.abort(injectionFound())
          return true
        }
        begin()
        entry.down(chunk.length)
        detail?.came(chunk)
        isHeadAlone = false
        if (response.write(chunk)) return true
        response.once('drain', resume)
        return false
      },
      end() {
        begin()
        isHeadAlone = false
        response.end()
        over()
      },
      error: (error) => cut(asRefusal(error)),
    })
    response.on('close', () => {
      if (response.writableFinished) return
      sending.abort(new Error('The agent closed the connection.'))
      over(gone)
    })
  })
}

/** Says why before it cuts: what is chunked has room for it. Who does not read it is not waited for. */
function endMarked(response: ServerResponse): void {
  const cut = () => response.destroy()
  const timer = setTimeout(cut, MARKER_MS)
  response.write(CUT_MARKER, () => {
    clearTimeout(timer)
    cut()
  })
}

const isCoded = (values: readonly string[]): boolean => values.some((value) => !/^(?:identity)?$/i.test(value.trim()))

/** Undici's errors in the words of a refusal. */
function asRefusal(error: Error): Refusal {
  if (error instanceof Refusal) return error
  if (error.cause instanceof Refusal) return error.cause
  const code = 'code' in error ? String(error.code) : ''
  if (code.includes('TIMEOUT')) return new Refusal('upstream', 504, `The upstream did not answer in time (${code}).`)
  return new Refusal('upstream', 502, `The upstream could not be used: ${code || error.name}.`)
}
