import type { EgressAudit } from '../contract/egress.ts'

/** Of one batch, this many requests are listed one by one … */
const LISTED: Readonly<Record<EgressAudit['outcome'], number>> = { allowed: 50, refused: 200, redacted: 200 }
/** … and the rest is counted by host and rule, for this many hosts apart. */
const GROUPS = 100
/** The host of a line that stands for requests to several. */
export const VARIOUS = '(various)'

/**
 * Requests on their way to the log, bounded in number: a flood is counted instead of listed, so that an agent cannot
 * fill the disk by asking. Nothing is lost in the counting; what was refused is counted by host and rule.
 */
export class AuditBatch {
  #lines: EgressAudit[] = []
  #listed = { allowed: 0, refused: 0, redacted: 0 }
  readonly #groups = new Map<string, EgressAudit>()
  /** Number of the last of the bundle's lines that are in here. */
  n = 0
  lost = 0

  get isEmpty(): boolean {
    return this.#lines.length === 0 && this.lost === 0
  }

  add(line: EgressAudit): void {
    if (this.#listed[line.outcome] < LISTED[line.outcome]) {
      this.#listed[line.outcome]++
      this.#lines.push(line)
      return
    }
    const kind = `${line.outcome} ${line.rule ?? ''}`
    const own = this.#groups.get(`${kind} ${line.host}`)
    const full = !own && this.#groups.size >= GROUPS
    const key = full ? kind : `${kind} ${line.host}`
    const group = own ?? this.#groups.get(key)
    if (group) {
      merge(group, line)
      return
    }
    const first: EgressAudit = { ...line, count: line.count ?? 1, ...(full && { host: VARIOUS, path: '' }) }
    delete first.detail
    this.#groups.set(key, first)
    this.#lines.push(first)
  }

  /** Everything so far, in order; the batch is empty then. */
  take(): { requests: EgressAudit[]; n: number; lost: number } {
    const taken = { requests: this.#lines, n: this.n, lost: this.lost }
    this.#lines = []
    this.#listed = { allowed: 0, refused: 0, redacted: 0 }
    this.#groups.clear()
    this.lost = 0
    return taken
  }
}

function merge(group: EgressAudit, line: EgressAudit): void {
  group.count = (group.count ?? 1) + (line.count ?? 1)
  group.bytesUp += line.bytesUp
  group.bytesDown += line.bytesDown
  group.durationMs = Math.max(group.durationMs, line.durationMs)
}
