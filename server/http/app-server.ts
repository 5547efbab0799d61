import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import { WebSocketServer } from 'ws'
import { bottleSlug, ttySession } from '../contract/ids.ts'
import { TTY_PROTOCOL } from '../contract/tty.ts'
import { type TtyVisitor, ttyVisitor } from '../contract/tty-frames.ts'
import { type Guard, MAX_BODY_BYTES, MAX_HEADER_BYTES, type Verdict } from '../guard.ts'
import type { Logger } from '../logger.ts'
import type { Context } from '../trpc/context.ts'
import { appRouter } from '../trpc/router.ts'
import type { Pages } from './pages.ts'
import type { Route } from './route.ts'
import { createRouter } from './router.ts'
import { secure } from './security-headers.ts'
import { sendJson } from './send-json.ts'

/** Takes over the socket of a terminal. */
export type AcceptTty = (socket: import('ws').WebSocket, slug: string, session: string, visitor: TtyVisitor) => void

export interface AppServerParts {
  guard: Guard
  dev: boolean
  context: Context
  routes: readonly Route[]
  acceptTty: AcceptTty
  pages: Pages
  logger: Logger
}

const TTY_PATH = /^\/api\/bottles\/([^/]+)\/tty$/

/**
 * Fills a bare `http.Server` with everything that answers on our one port: guard, raw routes, procedures, terminals and
 * pages, asked in this order.
 *
 * @returns closes the terminals' sockets with 1001, so that pages know to come back
 */
export function serveApp(server: Server, parts: AppServerParts): { close(): void } {
  const { guard, dev, logger, pages } = parts
  const route = createRouter(parts.routes, logger)
  const procedures = createHTTPHandler({
    router: appRouter,
    basePath: '/api/trpc/',
    createContext: () => parts.context,
    maxBodySize: MAX_BODY_BYTES,
    onError: ({ error, path }) => {
      if (error.code === 'INTERNAL_SERVER_ERROR')
        logger.error('A procedure failed.', { path, error: error.cause ?? error })
    },
  })
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: 1024 * 1024,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(TTY_PROTOCOL) ? TTY_PROTOCOL : false),
  })

  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    secure(req, res, dev)
    const verdict = guard.check(req, false)
    if (!verdict.allow) return answerVerdict(req, res, verdict, logger)
    if (route(req, res)) return
    if (req.url?.startsWith('/api/trpc/')) return void procedures(req, res)
    if (req.url?.startsWith('/api/'))
      return sendJson(res, 404, { error: { code: 'NOT_FOUND', message: 'There is nothing at this address.' } })
    pages.handle(req, res).catch((error) => {
      logger.error('A page failed.', { path: req.url, error })
      if (!res.headersSent)
        res.writeHead(500).end('The page could not be drawn. The log of the server has the details.')
      else res.destroy()
    })
  })

  server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const verdict = guard.check(req, true)
    if (!verdict.allow) {
      logRefusal(req, verdict, logger)
      return refuseUpgrade(socket, verdict.status)
    }
    const url = new URL(req.url ?? '/', 'http://localhost')
    const tty = TTY_PATH.exec(url.pathname)
    if (!tty) return url.pathname.startsWith('/api/') ? refuseUpgrade(socket, 404) : pages.upgrade(req, socket, head)
    const slug = bottleSlug.safeParse(tty[1])
    const session = ttySession.safeParse(url.searchParams.get('session') ?? 'agent')
    if (!slug.success || !session.success) return refuseUpgrade(socket, 404)
    const visitor = ttyVisitor.parse({
      page: url.searchParams.get('page'),
      watching: url.searchParams.get('watching'),
    })
    sockets.handleUpgrade(req, socket, head, (ws) => parts.acceptTty(ws, slug.data, session.data, visitor))
  })

  return {
    close: () => {
      for (const client of sockets.clients) client.close(1001, 'The server is stopping.')
      sockets.close()
    },
  }
}

/** A bare server with our limits: a head that is too large or too slow never reaches a handler. */
export const createBareServer = (): Server =>
  createServer({ maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: 15_000, requestTimeout: 60_000 })

type Refusal = Exclude<Verdict, { allow: true }>

function answerVerdict(req: IncomingMessage, res: ServerResponse, verdict: Refusal, logger: Logger): void {
  logRefusal(req, verdict, logger)
  // What is left of the body is not read: the connection ends with the answer.
  res.setHeader('connection', 'close')
  if (verdict.status === 303) {
    res.writeHead(303, { location: verdict.location, 'set-cookie': verdict.cookie, 'cache-control': 'no-store' }).end()
    return
  }
  if (verdict.status === 401) res.setHeader('www-authenticate', 'Bearer realm="bot-bottle"')
  sendJson(res, verdict.status, { error: { code: STATUS_CODES[verdict.status], message: verdict.message } })
}

function logRefusal(req: IncomingMessage, verdict: Refusal, logger: Logger): void {
  const fields = {
    status: verdict.status,
    reason: verdict.reason,
    method: req.method,
    path: req.url?.split('?')[0]?.slice(0, 200),
  }
  if (verdict.status === 303) logger.info('A browser brought the token.', fields)
  else logger.warn('Refused a request.', fields)
}

function refuseUpgrade(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}
