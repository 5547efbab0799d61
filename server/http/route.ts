import type { IncomingMessage, ServerResponse } from 'node:http'

export interface RouteCall {
  /** Values of the pattern's named parts, percent-decoded. */
  params: Readonly<Record<string, string>>
  query: URLSearchParams
  /** Aborted when the client has gone away. */
  signal: AbortSignal
}

/** A raw route beside tRPC. The guard has already judged the request, and put the security headers on the answer. */
export interface Route {
  method: 'GET'
  /** Segments; `:name` takes one of them: `/api/bottles/:slug/events`. */
  path: `/api/${string}`
  /** An {@link AppError} thrown before the head is sent becomes its status and JSON `{error}`; anything else a 500. */
  handle(req: IncomingMessage, res: ServerResponse, call: RouteCall): Promise<void> | void
}
