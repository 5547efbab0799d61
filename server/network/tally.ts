import type { EgressAudit } from '../contract/egress.ts'
import type { NetworkSummary, NetworkTotals } from '../contract/network.ts'

/** Hosts that are counted apart. An agent can ask for any number of names: what is beyond is in the totals only. */
const MOST_HOSTS = 200
/** Latencies are kept in steps of 10 %, from 1 ms to 18 minutes. */
const STEP = 1.1
const STEPS = 146
const WINDOW_S = 60

/** Counts of one host, or of all. Of a fixed size, however many requests there are. */
class Counts {
  requests = 0
  refused = 0
  redacted = 0
  bytesUp = 0
  bytesDown = 0
  lastAt: number | null = null
  readonly #latencies = new Uint32Array(STEPS)

  add(line: EgressAudit): void {
    const count = line.count ?? 1
    this.requests += count
    if (line.outcome === 'refused') this.refused += count
    if (line.outcome === 'redacted') this.redacted += count
    this.bytesUp += line.bytesUp
    this.bytesDown += line.bytesDown
    this.lastAt = Math.max(this.lastAt ?? 0, line.at)
    if (line.status !== undefined && line.outcome !== 'refused') this.#latencies[stepOf(line.durationMs)]! += count
  }

  totals(): NetworkTotals {
    const { requests, refused, redacted, bytesUp, bytesDown, lastAt } = this
    const answered = this.#latencies.reduce((sum, count) => sum + count, 0)
    const latency = answered === 0 ? null : { p50: this.#quantile(answered, 0.5), p99: this.#quantile(answered, 0.99) }
    return { requests, refused, redacted, bytesUp, bytesDown, latency, lastAt }
  }

  #quantile(total: number, part: number): number {
    let seen = 0
    for (const [step, count] of this.#latencies.entries()) {
      seen += count
      if (seen >= total * part) return step === 0 ? 0 : Math.round(STEP ** (step - 0.5))
    }
    return 0
  }
}

const stepOf = (ms: number): number =>
  ms < 1 ? 0 : Math.min(STEPS - 1, 1 + Math.floor(Math.log(ms) / Math.log(STEP) + 1e-9))

/** What the requests of one bottle come to, kept up as they come. */
export class Tally {
  readonly #all = new Counts()
  readonly #hosts = new Map<string, Counts>()
  /** Requests in each of the last 60 seconds, by second. */
  readonly #seconds = new Map<number, number>()
  #newest = 0
  #lost = 0

  get refused(): number {
    return this.#all.refused
  }

  add(line: EgressAudit): void {
    this.#all.add(line)
    this.#tick(Math.floor(line.at / 1000), line.count ?? 1)
    let counts = this.#hosts.get(line.host)
    if (!counts && this.#hosts.size < MOST_HOSTS) {
      counts = new Counts()
      this.#hosts.set(line.host, counts)
    }
    counts?.add(line)
  }

  /** Lines that nobody will ever see. */
  lose(count: number): void {
    this.#lost += count
  }

  /** @param now epoch milliseconds */
  perMinute(now: number): number {
    const since = Math.floor(now / 1000) - WINDOW_S
    let sum = 0
    for (const [second, count] of this.#seconds) if (second > since) sum += count
    return sum
  }

  summary(now: number): NetworkSummary {
    const hosts = [...this.#hosts].map(([host, counts]) => ({ host, ...counts.totals() }))
    hosts.sort((a, b) => b.requests - a.requests || (a.host < b.host ? -1 : 1))
    return { ...this.#all.totals(), perMinute: this.perMinute(now), lost: this.#lost, hosts }
  }

  #tick(second: number, count: number): void {
    this.#newest = Math.max(this.#newest, second)
    if (second <= this.#newest - WINDOW_S) return
    this.#seconds.set(second, (this.#seconds.get(second) ?? 0) + count)
    if (this.#seconds.size <= 2 * WINDOW_S) return
    for (const old of this.#seconds.keys()) if (old <= this.#newest - WINDOW_S) this.#seconds.delete(old)
  }
}
