import type { StoredEvent } from '@/server/contract/events.ts'
import type { NetworkFilter, NetworkPage, NetworkRequest } from '@/server/contract/network.ts'

/** What is kept in the page; older ones are asked for again when somebody scrolls to them. */
export const MOST_KEPT = 10_000

/** Requests of a bottle that pass one filter, newest first, without a gap down to `next`. */
export interface RequestList {
  requests: readonly NetworkRequest[]
  /** Cursor of what is older; null when there is nothing. */
  next: string | null
}

/** Before the first page: what comes in meanwhile is already shown. */
export const EMPTY_LIST: RequestList = { requests: [], next: null }

/** Requests of the stream, newest first, with the ids that the pages give them. */
export function requestsOf(events: readonly StoredEvent[]): NetworkRequest[] {
  const found: NetworkRequest[] = []
  for (const { seq, event } of events) {
    if (event.type !== 'egress') continue
    for (const [place, request] of event.requests.entries()) found.push({ ...request, id: `${seq}.${place}` })
  }
  return found.reverse()
}

/** Negative where `a` is older. An id is a place in the bottle's events: `<number>.<place>`. */
export function compareIds(a: string, b: string): number {
  const [aSeq = 0, aPlace = 0] = a.split('.').map(Number)
  const [bSeq = 0, bPlace = 0] = b.split('.').map(Number)
  return aSeq - bSeq || aPlace - bPlace
}

/** Puts what just came in on top. @param fresh newest first */
export function withNew(list: RequestList, fresh: readonly NetworkRequest[], most = MOST_KEPT): RequestList {
  const newest = list.requests[0]
  const added = newest ? fresh.filter((request) => compareIds(request.id, newest.id) > 0) : fresh
  if (added.length === 0) return list
  const requests = [...added, ...list.requests]
  if (requests.length <= most) return { ...list, requests }
  const kept = requests.slice(0, most)
  return { requests: kept, next: kept.at(-1)!.id }
}

/** Puts a page of older ones below; those that came in while it was on its way are there already. */
export function withPage(list: RequestList, page: NetworkPage): RequestList {
  const oldest = list.requests.at(-1)
  const older = oldest ? page.requests.filter((request) => compareIds(request.id, oldest.id) < 0) : page.requests
  return { requests: [...list.requests, ...older], next: page.next }
}

export const passes = (request: NetworkRequest, { outcome, host }: NetworkFilter): boolean =>
  (outcome === undefined || request.outcome === outcome) && (host === undefined || request.host === host)

/** Every word is found somewhere in what the list shows of the request. */
export function matchesText(request: NetworkRequest, query: string): boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return true
  const text = textOf(request)
  return words.every((word) => text.includes(word))
}

/** Asked for at every draw, for thousands of requests. */
const texts = new WeakMap<NetworkRequest, string>()
function textOf(request: NetworkRequest): string {
  const known = texts.get(request)
  if (known !== undefined) return known
  const { method, host, path, status, rule, slot, findings, message } = request
  const text = [method, host, path, status, rule, slot, findings?.join(' '), message].join(' ').toLowerCase()
  texts.set(request, text)
  return text
}
