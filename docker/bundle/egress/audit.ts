import type { EgressAudit } from '../../../server/contract/egress.ts'
import type { Detail } from './detail.ts'

export type AuditSink = (line: EgressAudit) => void

/** The facts of one request as they become known; written exactly once, when it is over. */
export class AuditEntry {
  readonly #startedAt = performance.now()
  readonly #line: EgressAudit
  #written = false
  #detail: Detail | null = null

  constructor(
    private readonly sink: AuditSink,
    facts: Pick<EgressAudit, 'method' | 'host' | 'port' | 'path'>,
  ) {
    this.#line = { at: Date.now(), outcome: 'allowed', bytesUp: 0, bytesDown: 0, durationMs: 0, ...facts }
  }

  note(facts: Partial<EgressAudit>): void {
    Object.assign(this.#line, facts)
  }
  /** What it holds when the request is over is told too. */
  keep(detail: Detail): void {
    this.#detail = detail
  }
  up(bytes: number): void {
    this.#line.bytesUp += bytes
  }
  down(bytes: number): void {
    this.#line.bytesDown += bytes
  }
  write(facts: Partial<EgressAudit> = {}): void {
    if (this.#written) return
    this.#written = true
    const durationMs = Math.round(performance.now() - this.#startedAt)
    this.sink({ ...this.#line, ...facts, durationMs, ...(this.#detail && { detail: this.#detail.facts }) })
  }
}
