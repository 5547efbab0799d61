import { createSecureContext, type SecureContext } from 'node:tls'
import { Agent, type Dispatcher } from 'undici'
import { type LookupOptions, vettedLookup } from './addresses.ts'
import { Refusal } from './refusal.ts'

export interface UpstreamOptions extends LookupOptions {
  fixed: Readonly<Record<string, string>>
  /** What upstream certificates are checked against. */
  trust: SecureContext
  /** An upstream that says nothing for this long is given up. */
  silenceMs: number
}

/**
 * Made once for all connections: given a list of authorities instead, Node reads all of them again for each connection.
 * @param ca PEM; absent: Node's own roots
 */
export const trusting = (ca?: readonly string[]): SecureContext =>
  createSecureContext({ minVersion: 'TLSv1.2', ...(ca && { ca: [...ca] }) })

/** Heads like “103 Early Hints” before the answer; one that sends more of them never means to answer. */
const MOST_HINTS = 100

/**
 * Bytes of one connection that may wait here; an option of the socket that undici's types do not know. Its own 16 KiB cost
 * a tenth more processor time of a large answer; four times as many would cost half a gigabyte where thousands of answers
 * are not read.
 */
const READ_AHEAD = { highWaterMark: 64 * 1024 }

/**
 * Connections to upstreams: vetted and pinned addresses, checked certificates, HTTP/1.1 only, no redirects followed.
 * A change of `resolve` makes a new one, so that no connection outlives the rule it was made under.
 */
export function createUpstream({ fixed, trust, silenceMs, ...lookup }: UpstreamOptions): Agent {
  return new Agent({
    connect: {
      lookup: vettedLookup(fixed, lookup),
      timeout: 15_000,
      secureContext: trust,
      ...READ_AHEAD,
    },
    allowH2: false,
    pipelining: 1,
    connections: 256,
    headersTimeout: silenceMs,
    bodyTimeout: silenceMs,
    maxHeaderSize: 64 * 1024,
  })
}

export interface AnswerHead {
  status: number
  statusText: string
  /** name, value, name, value … as they came. */
  headers: string[]
}

/** Receives an answer piece by piece. `data` returning false asks for a pause until `resume` is called. */
export interface AnswerSink {
  head(head: AnswerHead, control: { resume(): void; abort(reason: Error): void }): void
  data(chunk: Buffer): boolean
  end(): void
  error(error: Error): void
}

/**
 * Sends one request and streams its answer into `sink`; exactly one of `end` and `error` is called.
 * @returns abort: gives the request up, whatever its state
 */
export function send(
  upstream: Agent,
  request: Dispatcher.DispatchOptions,
  sink: AnswerSink,
): { abort(reason: Error): void } {
  let controller: Dispatcher.DispatchController | null = null
  let aborted: Error | null = null
  let hints = 0
  upstream.dispatch(request, {
    onRequestStart(started) {
      controller = started
      if (aborted) started.abort(aborted)
    },
    onResponseStart(started, status, _headers, statusText) {
      if (status < 200) {
        if (++hints > MOST_HINTS) started.abort(new Refusal('upstream', 502, 'The upstream hints without end.'))
        return
      }
      sink.head(
        { status, statusText: statusText ?? '', headers: latin1(started.rawHeaders) },
        { resume: () => started.resume(), abort: (reason) => started.abort(reason) },
      )
    },
    onResponseData(started, chunk) {
      if (!sink.data(chunk)) started.pause()
    },
    onResponseEnd: () => sink.end(),
    onResponseError: (_started, error) => sink.error(error),
  })
  return {
    abort(reason) {
      aborted = reason
      controller?.abort(reason)
    },
  }
}

const latin1 = (raw: unknown): string[] =>
  Array.isArray(raw) ? raw.map((part) => (Buffer.isBuffer(part) ? part.toString('latin1') : String(part))) : []
