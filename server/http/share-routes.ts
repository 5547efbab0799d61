import { open } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import type { BottleState } from '../contract/events.ts'
import type { BottleSlug } from '../contract/ids.ts'
import type { ShareView } from '../contract/views.ts'
import { ShareNotFoundError } from '../errors.ts'
import type { EventLog } from '../events/log.ts'
import { rangeOf, within } from '../shares/range.ts'
import { sharedView } from '../shares/shared-view.ts'
import type { Shares } from '../shares/shares.ts'
import { numbered } from './event-routes.ts'
import { logTextQuery, sendLogText } from './log-text.ts'
import { flag, parseQuery, resumeAfter, whole } from './query.ts'
import type { Route, RouteCall } from './route.ts'
import { sendJson } from './send-json.ts'
import { sendEvents } from './sse.ts'

interface ShareRouteParts {
  log: EventLog
  shares: Pick<Shares, 'open' | 'lease'>
  bottles: {
    has(slug: string): boolean
    get(slug: BottleSlug): { agent: string; label: string | null; state: BottleState; createdAt: number }
  }
  /** Absolute path of a bottle's `state/<slug>`. */
  stateFolder(slug: BottleSlug): string
}

const pageQuery = z.object({ from: whole(1).default(1), count: whole(1, 2000).default(200) })
const searchQuery = z.object({
  query: z
    .string('must be the text to look for')
    .min(1, 'must not be empty')
    .max(500, 'must have at most 500 characters'),
  caseSensitive: flag.default(false),
})

/** A request that brought a link which may be read. */
interface SharedCall extends RouteCall {
  share: ShareView
  req: IncomingMessage
  res: ServerResponse
}

/**
 * What a shared link may read, each under `GET /api/share/<token>`: `/view`, and for a log `/log.txt`, `/events`,
 * `/page?from=&count=`, `/outline`, `/search?query=&caseSensitive=0|1`, for a terminal `/terminal.cast`.
 *
 * Unknown, ended and revoked links are 404 alike, and so is what the link's kind does not show. A reading that is under
 * way ends when the link does.
 */
export function shareRoutes({ log, shares, bottles, stateFolder }: ShareRouteParts): Route[] {
  const route = (
    end: string,
    kind: ShareView['kind'] | null,
    handle: (call: SharedCall) => Promise<void> | void,
  ): Route => ({
    method: 'GET',
    path: `/api/share/:token/${end}`,
    handle: async (req, res, call) => {
      const share = await shares.open(call.params.token ?? '')
      if (!share || !bottles.has(share.slug) || (kind !== null && kind !== share.kind)) throw new ShareNotFoundError()
      const lease = shares.lease(share, call.signal)
      try {
        await handle({ ...call, signal: lease.signal, share, req, res })
      } catch (error) {
        if (!lease.signal.aborted) throw error
        res.destroy() // cut short, so that nobody takes it for the whole
      } finally {
        lease.done()
      }
    },
  })

  return [
    route('view', null, ({ res, share }) => sendJson(res, 200, sharedView(share, bottles.get(share.slug)))),
    route('page', 'log', async ({ res, share, query }) => {
      const { from, count } = parseQuery(pageQuery, query)
      sendJson(res, 200, await log.page(share.slug, from, count, rangeOf(share)))
    }),
    route('outline', 'log', async ({ res, share }) =>
      sendJson(res, 200, await log.outline(share.slug, rangeOf(share))),
    ),
    route('search', 'log', async ({ res, share, query, signal }) => {
      const wanted = parseQuery(searchQuery, query)
      sendJson(res, 200, await log.search(share.slug, { ...wanted, range: rangeOf(share), signal }))
    }),
    route('log.txt', 'log', async ({ res, share, query, signal }) => {
      const options = parseQuery(logTextQuery, query)
      await sendLogText(res, share.slug, log.pages(share.slug, rangeOf(share)), options, signal)
    }),
    route('events', 'log', async ({ req, res, share, query, signal }) => {
      const range = rangeOf(share)
      const all = log.follow(share.slug, resumeAfter(req, query), signal, { untilOver: true })
      await sendEvents(res, numbered(range ? within(all, range) : all), signal)
    }),
    route('terminal.cast', 'terminal', async ({ res, share, signal }) => {
      const file = await open(path.join(stateFolder(share.slug), 'terminal.cast')).catch(() => null)
      if (!file) throw new ShareNotFoundError()
      res.writeHead(200, { 'content-type': 'application/x-asciicast', 'cache-control': 'no-store' })
      await pipeline(file.createReadStream(), res, { signal })
    }),
  ]
}
