import { parentPort, workerData } from 'node:worker_threads'
import { Refusal } from '../egress/refusal.ts'
import type { Outbound } from '../egress/scanning.ts'
import { KnownValues } from './known-values.ts'
import { findingsIn, scanOutbound } from './scan.ts'

/** What the proxy's thread asks. `body` travels as a plain byte array. */
export type ScanJob =
  | {
      id: number
      kind: 'outbound'
      request: Omit<Outbound, 'body'> & { body: Uint8Array | null }
      detectors: readonly string[]
      redact: boolean
    }
  | { id: number; kind: 'window'; bytes: Uint8Array; detectors: readonly string[] }
  | { id: number; kind: 'known'; values: readonly { name: string; value: string }[] }

let known = new KnownValues(workerData.known)

parentPort?.on('message', (job: ScanJob) => {
  try {
    parentPort?.postMessage({ id: job.id, result: work(job) })
  } catch (error) {
    parentPort?.postMessage({
      id: job.id,
      error:
        error instanceof Refusal
          ? { rule: error.rule, status: error.status, message: error.message }
          : { message: String(error) },
    })
  }
})

function work(job: ScanJob): unknown {
  if (job.kind === 'known') {
    known = new KnownValues(job.values)
    return null
  }
  if (job.kind === 'window') {
    const bytes = Buffer.from(job.bytes.buffer, job.bytes.byteOffset, job.bytes.byteLength)
    return [...findingsIn(bytes, known, job.detectors)].map((detector) => ({ detector, where: 'body' }))
  }
  const body =
    job.request.body && Buffer.from(job.request.body.buffer, job.request.body.byteOffset, job.request.body.byteLength)
  return scanOutbound({ ...job.request, body }, known, job.detectors, job.redact)
}
