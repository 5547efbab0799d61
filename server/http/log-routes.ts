import type { EventLog } from '../events/log.ts'
import { logTextQuery, sendLogText } from './log-text.ts'
import { knownSlug, parseQuery } from './query.ts'
import type { Route } from './route.ts'

interface LogRouteParts {
  log: Pick<EventLog, 'pages' | 'flush'>
  bottles: { has(slug: string): boolean }
}

/** `GET /api/bottles/<slug>/log.txt?ansi=keep|strip&timestamps=0|1&step=&download=0|1` */
export const logRoutes = ({ log, bottles }: LogRouteParts): Route[] => [
  {
    method: 'GET',
    path: '/api/bottles/:slug/log.txt',
    handle: async (_req, res, { params, query, signal }) => {
      const slug = knownSlug(params.slug, bottles)
      const options = parseQuery(logTextQuery, query)
      await log.flush(slug)
      await sendLogText(res, slug, log.pages(slug), options, signal)
    },
  },
]
