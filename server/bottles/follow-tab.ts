import type { BottleSlug, EventSeq } from '../contract/ids.ts'
import type { EngineView, TabMessage } from '../contract/views.ts'
import type { EventLog } from '../events/log.ts'
import { merge } from '../lib/merge.ts'
import type { BottleRegistry } from './registry.ts'

interface TabStreamParts {
  registry: BottleRegistry
  events: Pick<EventLog, 'follow' | 'lastSeq'>
  engine(): EngineView
}

/** A message, and the number of the last event that the tab has once it got it: where to resume. */
export interface TabItem {
  seq: EventSeq
  message: TabMessage
}

/**
 * All that one browser tab shows, on one stream: the engine, every bottle, the stored events of the bottle it looks
 * at, `live`, and then everything as it happens.
 *
 * @param request `after` is the number of the last event that the tab has of `slug`
 */
export async function* followTab(
  { registry, events, engine }: TabStreamParts,
  { slug, after }: { slug: BottleSlug | null; after: EventSeq },
  signal: AbortSignal,
): AsyncGenerator<TabItem> {
  // Listening begins before the first look, so that nothing slips in between.
  const changes = registry.follow(signal)
  let seq = after
  const item = (message: TabMessage): TabItem => ({ seq, message })
  yield item({ kind: 'engine', engine: engine() })
  for (const bottle of registry.views()) yield item({ kind: 'bottle', bottle })
  const follows = slug !== null && registry.has(slug) ? slug : null
  if (follows === null) yield item({ kind: 'live' })

  async function* board(): AsyncGenerator<TabItem> {
    for await (const batch of changes) for (const message of batch) yield item(message)
  }

  async function* log(of: BottleSlug): AsyncGenerator<TabItem> {
    const end = events.lastSeq(of)
    let live = seq >= end
    if (live) yield item({ kind: 'live' })
    for await (const batch of events.follow(of, seq, signal)) {
      const newest = batch.at(-1)
      if (!newest) continue
      seq = newest.seq
      yield item({ kind: 'events', slug: of, events: batch })
      if (!live && seq >= end) {
        live = true
        yield item({ kind: 'live' })
      }
    }
  }

  yield* merge(follows === null ? [board()] : [log(follows), board()])
}
