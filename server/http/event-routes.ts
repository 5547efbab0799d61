import type { StoredEvent } from '../contract/events.ts'
import type { BottleView, TabMessage } from '../contract/views.ts'
import type { EventLog } from '../events/log.ts'
import { knownSlug, resumeAfter } from './query.ts'
import type { Route } from './route.ts'
import { type ServerSentEvent, sendEvents } from './sse.ts'

export type BoardMessage = Extract<TabMessage, { kind: 'bottle' | 'bottle-removed' | 'engine' }>

interface EventRouteParts {
  log: Pick<EventLog, 'follow'>
  bottles: {
    has(slug: string): boolean
    views(): readonly BottleView[]
    /** Changes from the moment of the call on. */
    follow(signal: AbortSignal): AsyncIterable<readonly BoardMessage[]>
  }
}

/**
 * - `GET /api/bottles/<slug>/events?after=`: the events of a bottle from the first, or after a number; `id:` is the
 *   number, `event:` the type, `data:` the {@link StoredEvent}. Ends with `event: end` when nothing more can come.
 * - `GET /api/events`: `bottle` for each bottle there is and for each change, `bottle-removed`, `engine`.
 */
export const eventRoutes = ({ log, bottles }: EventRouteParts): Route[] => [
  {
    method: 'GET',
    path: '/api/bottles/:slug/events',
    handle: async (req, res, { params, query, signal }) => {
      const slug = knownSlug(params.slug, bottles)
      const batches = log.follow(slug, resumeAfter(req, query), signal, { untilOver: true })
      await sendEvents(res, numbered(batches), signal)
    },
  },
  {
    method: 'GET',
    path: '/api/events',
    handle: async (_req, res, { signal }) => {
      const changes = bottles.follow(signal)
      await sendEvents(res, board(bottles.views(), changes), signal)
    },
  },
]

/** Stored events as a stream's: one each, by number and type. */
export async function* numbered(
  batches: AsyncIterable<readonly StoredEvent[]>,
): AsyncGenerator<readonly ServerSentEvent[]> {
  for await (const batch of batches) {
    yield batch.map((stored) => ({ id: stored.seq, event: stored.event.type, data: stored }))
  }
}

async function* board(
  views: readonly BottleView[],
  changes: AsyncIterable<readonly BoardMessage[]>,
): AsyncGenerator<readonly ServerSentEvent[]> {
  yield views.map((bottle) => ({ event: 'bottle', data: bottle }))
  for await (const batch of changes) {
    yield batch.map(({ kind, ...rest }) => ({
      event: kind,
      data: 'bottle' in rest ? rest.bottle : 'engine' in rest ? rest.engine : rest,
    }))
  }
}
