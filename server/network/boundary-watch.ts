import { setTimeout as sleep } from 'node:timers/promises'
import type { Bottle } from '../bottles/backend.ts'
import type { BottleSlug } from '../contract/ids.ts'
import { PROBE_CHECKS, type ProbePace, type ProbeReport } from '../contract/probe.ts'
import { messageOf, WrongStateError } from '../errors.ts'
import { KeyedLock } from '../lib/keyed-lock.ts'

/** The boundary of every bottle is proved again this often. */
const EVERY_MS = 2 * 60_000
/** Longest that one probe may take before it counts as red. */
const LIMIT_MS = 20_000
/** A probe that could not be run is tried once more: an engine that is away for a moment is no hole. */
const RETRY_MS = 3_000

export interface BoundaryWatchParts {
  /** Real tokens of a bottle by slot, as far as they can still be found. */
  tokens(slug: BottleSlug): Promise<ReadonlyMap<string, string>>
  /** Told of every verdict; closes egress on red. */
  told(slug: BottleSlug, report: ProbeReport): Promise<void>
  /** Whether a probe that cannot be run means anything: the bottle is up and its engine answers. */
  isUp(slug: BottleSlug): boolean
}

/** Proves the boundary of bottles again: on a timer, after each change of routes, and when asked. */
export class BoundaryWatch {
  readonly #watched = new Map<BottleSlug, { bottle: Bottle; end: AbortController }>()
  /** One probe at a time: it starts programs, and fifty bottles would be felt. */
  readonly #turn = new KeyedLock()

  constructor(
    private readonly parts: BoundaryWatchParts,
    private readonly everyMs = EVERY_MS,
  ) {}

  up(bottle: Bottle): void {
    this.down(bottle.slug)
    const end = new AbortController()
    this.#watched.set(bottle.slug, { bottle, end })
    void this.#repeat(bottle.slug, end.signal)
  }

  down(slug: BottleSlug): void {
    this.#watched.get(slug)?.end.abort()
    this.#watched.delete(slug)
  }

  close(): void {
    for (const slug of [...this.#watched.keys()]) this.down(slug)
  }

  /** @throws WrongStateError when the bottle is not up */
  async probe(slug: BottleSlug, pace: ProbePace = 'prompt'): Promise<ProbeReport> {
    const watched = this.#watched.get(slug)
    if (!watched) throw new WrongStateError(`The boundary of ${slug} can be probed while it is up.`)
    const { bottle, end } = watched
    const tokens = await this.parts.tokens(slug)
    return this.#turn.run('probe', async () => {
      const report = await this.#run(bottle, tokens, end.signal, pace)
      if (!end.signal.aborted) await this.parts.told(slug, report)
      return report
    })
  }

  async #repeat(slug: BottleSlug, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // Not all at once after a start of the server.
      await sleep(this.everyMs * (0.75 + Math.random() / 2), undefined, { signal, ref: false }).catch(() => {})
      if (!signal.aborted && this.parts.isUp(slug)) await this.probe(slug, 'thorough').catch(() => {})
    }
  }

  async #run(
    bottle: Bottle,
    tokens: ReadonlyMap<string, string>,
    end: AbortSignal,
    pace: ProbePace,
  ): Promise<ProbeReport> {
    const at = Date.now()
    for (let attempt = 1; ; attempt++) {
      try {
        return await bottle.probe(tokens, AbortSignal.any([end, AbortSignal.timeout(LIMIT_MS)]), pace)
      } catch (error) {
        end.throwIfAborted()
        if (attempt === 2 || !this.parts.isUp(bottle.slug)) return unproved(at, messageOf(error))
        await sleep(RETRY_MS, undefined, { signal: end })
      }
    }
  }
}

/** What cannot be proved does not hold. */
function unproved(at: number, why: string): ProbeReport {
  const detail = `The probe could not be run: ${why}`
  const checks = PROBE_CHECKS.map((name) => ({ name, result: 'red' as const, detail, durationMs: 0 }))
  return { at, green: false, checks, durationMs: Date.now() - at }
}
