import type { IncomingMessage, ServerResponse } from 'node:http'
import { TRPCError } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import { isAppError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import type { Route } from './route.ts'
import { sendJson } from './send-json.ts'

/**
 * Serves tables of raw routes.
 *
 * @returns a function that answers whether the request was one of the routes; it then has been answered
 */
export function createRouter(routes: readonly Route[], logger: Logger) {
  const table = routes.map((route) => ({ route, segments: route.path.split('/') }))

  return (req: IncomingMessage, res: ServerResponse): boolean => {
    const url = new URL(req.url ?? '/', 'http://localhost')
    const segments = url.pathname.split('/')
    for (const { route, segments: pattern } of table) {
      const params = match(pattern, segments)
      if (!params) continue
      if (req.method !== route.method && req.method !== 'HEAD') {
        res.setHeader('allow', route.method)
        sendJson(res, 405, {
          error: { code: 'METHOD_NOT_SUPPORTED', message: `Only ${route.method} is possible here.` },
        })
        return true
      }
      const gone = new AbortController()
      res.once('close', () => gone.abort())
      Promise.resolve()
        .then(() => route.handle(req, res, { params, query: url.searchParams, signal: gone.signal }))
        .catch((error) => answerError(res, error, gone.signal, logger, route.path))
      return true
    }
    return false
  }
}

function match(pattern: readonly string[], segments: readonly string[]): Record<string, string> | null {
  if (pattern.length !== segments.length) return null
  const params: Record<string, string> = {}
  for (const [i, part] of pattern.entries()) {
    const segment = segments[i]!
    if (!part.startsWith(':')) {
      if (part !== segment) return null
      continue
    }
    try {
      params[part.slice(1)] = decodeURIComponent(segment)
    } catch {
      return null
    }
  }
  return params
}

function answerError(res: ServerResponse, error: unknown, gone: AbortSignal, logger: Logger, path: string): void {
  if (gone.aborted) return
  if (!isAppError(error)) logger.error('A route failed.', { path, error })
  // The head is out: an end would look like a whole answer, so the connection is cut instead.
  if (res.headersSent) return void res.destroy()
  const code = isAppError(error) ? error.code : 'INTERNAL_SERVER_ERROR'
  const message = isAppError(error) ? error.message : 'Something went wrong on the server. Its log has the details.'
  sendJson(res, getHTTPStatusCodeFromError(new TRPCError({ code })), { error: { code, message } })
}
