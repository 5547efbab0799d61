import type { EgressAudit } from '../contract/egress.ts'
import type { BottleSlug } from '../contract/ids.ts'
import type { NetworkFilter, NetworkPage, NetworkRequest, NetworkSummary } from '../contract/network.ts'
import { BadInputError } from '../errors.ts'
import type { EventLog } from '../events/log.ts'
import { AuditBatch } from './audit-batch.ts'
import { Tally } from './tally.ts'

/** Requests wait this long for others, so that many are stored at once. */
const DELAY_MS = 100
/** Requests of one event. */
const EVENT_REQUESTS = 200
/** Events read at once, and for one page at most. */
const READ_EVENTS = 64
const READ_ROUNDS = 50

interface Writing {
  batch: AuditBatch
  tally: Tally
  timer: NodeJS.Timeout | undefined
}

/** What egress told of requests: taken in as it comes, stored among the events of the bottle, read back in pages. */
export class AuditStore {
  readonly #writing = new Map<BottleSlug, Writing>()
  /** Of bottles that are over, until something is stored for them again. */
  readonly #past = new Map<BottleSlug, { seq: number; tally: Tally }>()

  /** @param onChange told after requests of a bottle were counted */
  constructor(
    private readonly log: Pick<EventLog, 'append' | 'network' | 'masked' | 'lastSeq' | 'flush'>,
    private readonly onChange: (slug: BottleSlug) => void = () => {},
  ) {}

  /** Gets ready to take lines of a bottle: what is stored of it is counted first. */
  async open(slug: BottleSlug): Promise<void> {
    if (this.#writing.has(slug)) return
    const tally = await this.#counted(slug)
    if (!this.#writing.has(slug)) this.#writing.set(slug, { batch: new AuditBatch(), tally, timer: undefined })
  }

  /** @param n the bundle's number of the line */
  take(slug: BottleSlug, n: number, line: EgressAudit): void {
    const writing = this.#later(slug)
    if (!writing) return
    writing.batch.n = n
    writing.batch.add(line)
  }

  /** Lines that the bundle had to drop. */
  lose(slug: BottleSlug, n: number, count: number): void {
    const writing = this.#later(slug)
    if (!writing) return
    writing.batch.n = n
    writing.batch.lost += count
  }

  /** Stores what waits; takes no more of this bottle. */
  close(slug: BottleSlug): void {
    this.#store(slug)
    this.#writing.delete(slug)
  }

  /** Of the bottle that is open: for the overview. */
  figures(slug: BottleSlug, now: number): { refused: number; perMinute: number } {
    const tally = this.#writing.get(slug)?.tally
    return { refused: tally?.refused ?? 0, perMinute: tally?.perMinute(now) ?? 0 }
  }

  async summary(slug: BottleSlug): Promise<NetworkSummary> {
    const writing = this.#writing.get(slug)
    if (writing) this.#store(slug)
    return (writing?.tally ?? (await this.#remembered(slug))).summary(Date.now())
  }

  /** The newest first. @param before cursor: `NetworkPage.next`, or a request's id */
  async page(
    slug: BottleSlug,
    { before, limit, filter = {} }: { before?: string | undefined; limit: number; filter?: NetworkFilter | undefined },
  ): Promise<NetworkPage> {
    this.#store(slug)
    await this.log.flush(slug)
    const cursor = before === undefined ? null : cursorOf(before)
    const requests: NetworkRequest[] = []
    let below = cursor ? cursor.seq + 1 : undefined
    for (let round = 0; round < READ_ROUNDS; round++) {
      const events = await this.log.network(slug, 'egress', { before: below, limit: READ_EVENTS })
      for (const { seq, event } of events) {
        for (let place = event.requests.length - 1; place >= 0; place--) {
          if (cursor && seq === cursor.seq && place >= cursor.place) continue
          const request = event.requests[place]!
          if (!fits(request, filter)) continue
          requests.push({ ...request, id: `${seq}.${place}` })
          if (requests.length === limit) return { requests, next: `${seq}.${place}` }
        }
        below = seq
      }
      if (events.length < READ_EVENTS) return { requests, next: null }
    }
    // Rare matches in a long log: the rest on request, so that one page never reads all of it.
    return { requests, next: `${below}.0` }
  }

  /** Number of the last of the bundle's lines that is stored since a time; 0 when none is. */
  async lastN(slug: BottleSlug, since = 0): Promise<number> {
    const [[requests], [bundle]] = await Promise.all([
      this.log.network(slug, 'egress', { limit: 1, since }),
      this.log.network(slug, 'bundle', { limit: 1, since }),
    ])
    return Math.max(requests?.event.n ?? 0, bundle?.event.n ?? 0)
  }

  #later(slug: BottleSlug): Writing | null {
    const writing = this.#writing.get(slug)
    if (!writing) return null
    writing.timer ??= setTimeout(() => this.#store(slug), DELAY_MS)
    return writing
  }

  #store(slug: BottleSlug): void {
    const writing = this.#writing.get(slug)
    if (!writing) return
    clearTimeout(writing.timer)
    writing.timer = undefined
    if (writing.batch.isEmpty) return
    const { requests, n, lost } = writing.batch.take()
    for (let from = 0; from === 0 || from < requests.length; from += EVENT_REQUESTS) {
      const some = requests.slice(from, from + EVENT_REQUESTS)
      const event = this.log.masked(slug, {
        type: 'egress',
        requests: some,
        n,
        ...(from === 0 && lost > 0 && { lost }),
      })
      this.log.append(slug, event)
      // Counted as it is stored, masked: a host may be a secret, too.
      for (const request of event.requests) writing.tally.add(request)
      writing.tally.lose(event.lost ?? 0)
    }
    this.onChange(slug)
  }

  async #remembered(slug: BottleSlug): Promise<Tally> {
    const seq = this.log.lastSeq(slug)
    const known = this.#past.get(slug)
    if (known?.seq === seq) return known.tally
    const tally = await this.#counted(slug)
    this.#past.set(slug, { seq, tally })
    if (this.#past.size > 50) this.#past.delete(this.#past.keys().next().value!)
    return tally
  }

  async #counted(slug: BottleSlug): Promise<Tally> {
    const tally = new Tally()
    let before: number | undefined
    for (;;) {
      const events = await this.log.network(slug, 'egress', { before, limit: READ_EVENTS })
      for (const { event } of events) {
        for (const request of event.requests) tally.add(request)
        tally.lose(event.lost ?? 0)
      }
      before = events.at(-1)?.seq
      if (events.length < READ_EVENTS) return tally
    }
  }
}

const fits = (request: EgressAudit, { outcome, host }: NetworkFilter): boolean =>
  (outcome === undefined || request.outcome === outcome) && (host === undefined || request.host === host)

function cursorOf(text: string): { seq: number; place: number } {
  const read = /^(\d{1,15})\.(\d{1,6})$/.exec(text)
  if (!read) throw new BadInputError('This is no place in the list of requests. Load the list again.')
  return { seq: Number(read[1]), place: Number(read[2]) }
}
