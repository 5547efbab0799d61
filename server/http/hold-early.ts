import type { IncomingMessage, Server, ServerResponse } from 'node:http'

/**
 * Keeps requests that arrive while the server is still starting. The port is taken first, so that a port in use is
 * told at once; whoever comes that early waits a moment instead of for ever.
 *
 * @returns hands everything on to the listeners that the server has by then
 */
export function holdEarly(server: Server): () => void {
  const held: [IncomingMessage, ServerResponse][] = []
  const hold = (req: IncomingMessage, res: ServerResponse) => void held.push([req, res])
  server.on('request', hold)
  return () => {
    server.off('request', hold)
    for (const [req, res] of held.splice(0)) if (!res.destroyed) server.emit('request', req, res)
  }
}
