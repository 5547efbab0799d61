import { Worker } from 'node:worker_threads'
import { Refusal, type RefusalRule } from '../egress/refusal.ts'
import type { Finding, Outbound, Scanner, Verdict } from '../egress/scanning.ts'
import { Budget } from './budget.ts'
import { type KnownValue, KnownValues } from './known-values.ts'
import { OverBudgetError, scanOutbound } from './scan.ts'
import type { ScanJob } from './worker.ts'

/** A scan that takes longer than this is a fault of ours or an attack on us: the request is refused, the thread replaced. */
const SCAN_LIMIT_MS = 20_000

/**
 * Requests up to this size are scanned where they are. Asking the thread was measured to cost 40 to 50 µs, of processor and
 * of waiting, whatever the size; the scan itself 15 µs for 256 bytes of JSON, 36 for 1 KiB, 89 for 4 KiB, 174 for 8 KiB and
 * 377 for 16 KiB. Up to 8 KiB the detour is a quarter of the work or more, and the proxy stands still for no longer than a
 * handshake takes; anything larger, compressed, or past the budget goes to the thread.
 */
const INLINE_LIMIT = 8 * 1024 // characters and bytes in all
/** What such a request may unfold to where it is, in bytes: a few KiB of gzip in base64 can say megabytes. */
const INLINE_BUDGET = 64 * 1024

type Job = ScanJob extends infer J ? (J extends { id: number } ? Omit<J, 'id'> : never) : never
interface Waiting {
  resolve(result: unknown): void
  reject(error: Error): void
  timer: NodeJS.Timeout
}

/** The scanner, for all but small requests in a thread of its own. Fails closed: what cannot be scanned does not leave. */
export class WorkerScanner implements Scanner {
  #worker: Worker
  #lastId = 0
  #known: readonly KnownValue[]
  #inline: KnownValues
  readonly #waiting = new Map<number, Waiting>()

  /** @param script the bundled worker, `scan-worker.mjs` */
  constructor(
    private readonly script: URL,
    known: readonly KnownValue[],
  ) {
    this.#known = known
    this.#inline = new KnownValues(known)
    this.#worker = this.#start()
  }

  async outbound(request: Outbound, detectors: readonly string[], redact: boolean): Promise<Verdict> {
    if (isSmall(request)) {
      try {
        return scanOutbound(request, this.#inline, detectors, redact, new Budget(INLINE_BUDGET))
      } catch (error) {
        if (!(error instanceof OverBudgetError)) throw error
      }
    }
    return this.#ask<Verdict>({ kind: 'outbound', request, detectors, redact }).then((verdict) => {
      const body = verdict.redacted?.body
      // A Buffer crosses threads as a plain byte array.
      return verdict.redacted
        ? { ...verdict, redacted: { ...verdict.redacted, body: body ? Buffer.from(body) : null } }
        : verdict
    })
  }

  window(bytes: Buffer, detectors: readonly string[]): Promise<readonly Finding[]> {
    return this.#ask({ kind: 'window', bytes, detectors })
  }

  /** Replaces the values that are looked for, such as after a hand-over of secrets. */
  async know(values: readonly KnownValue[]): Promise<void> {
    this.#known = values
    this.#inline = new KnownValues(values)
    await this.#ask({ kind: 'known', values })
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #start(): Worker {
    const worker = new Worker(this.script, { workerData: { known: this.#known } })
    worker.unref()
    worker.on(
      'message',
      ({
        id,
        result,
        error,
      }: {
        id: number
        result?: unknown
        error?: { rule?: RefusalRule; status?: 403; message: string }
      }) => {
        const waiting = this.#waiting.get(id)
        if (!waiting) return
        this.#waiting.delete(id)
        clearTimeout(waiting.timer)
        if (!error) return waiting.resolve(result)
        waiting.reject(
          error.rule ? new Refusal(error.rule, error.status ?? 403, error.message) : notScanned(error.message),
        )
      },
    )
    worker.on('error', (error) => this.#replace(worker, String(error)))
    return worker
  }

  #replace(worker: Worker, why: string): void {
    if (worker !== this.#worker) return
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer)
      reject(notScanned(why))
    }
    this.#waiting.clear()
    void worker.terminate()
    this.#worker = this.#start()
  }

  #ask<T>(job: Job): Promise<T> {
    const id = ++this.#lastId
    const worker = this.#worker
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => this.#replace(worker, 'it took too long'), SCAN_LIMIT_MS)
      this.#waiting.set(id, { resolve: resolve as (result: unknown) => void, reject, timer })
      worker.postMessage({ ...job, id })
    })
  }
}

function isSmall({ path, query, headers, body, encoding }: Outbound): boolean {
  if (encoding !== null) return false
  let size = path.length + query.length + (body?.length ?? 0)
  for (const part of headers) size += part.length
  return size <= INLINE_LIMIT
}

const notScanned = (why: string) =>
  new Refusal('encoding', 503, `The request could not be scanned, so it does not leave (${why.slice(0, 200)}).`)
