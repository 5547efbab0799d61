import { existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import path from 'node:path'
import type { Duplex } from 'node:stream'

import { HostProblemError } from '../errors.ts'

export interface Pages {
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void
  close(): Promise<void>
}

/**
 * Starts Next for pages and assets. It is given a decoy server, because it puts an `upgrade` listener of its own on
 * whatever server it gets, and that listener would end our terminals' sockets; in development the decoy is what serves
 * hot reload.
 */
export async function startPages(options: {
  dev: boolean
  dir: string
  hostname: string
  port: number
}): Promise<Pages> {
  // Read when Next and React are first loaded, which is why they are loaded here and not at the top.
  Reflect.set(process.env, 'NODE_ENV', options.dev ? 'development' : 'production')
  process.env.NEXT_TELEMETRY_DISABLED ??= '1'
  if (!options.dev) checkBuild(options.dir)
  const { default: next } = await import('next')
  const decoy = createServer() // never listens
  const app = next({ ...options, httpServer: decoy })
  await app.prepare()
  const handle = app.getRequestHandler()
  return {
    handle: (req, res) => handle(req, res),
    upgrade: (req, socket, head) => {
      if (options.dev) decoy.emit('upgrade', req, socket, head)
      else socket.destroy()
    },
    close: () => app.close(),
  }
}

/** A build that did not come to its end leaves no BUILD_ID. */
function checkBuild(dir: string): void {
  if (existsSync(path.join(dir, process.env.BOT_BOTTLE_NEXT_DIR ?? '.next', 'BUILD_ID'))) return
  throw new HostProblemError(
    'The pages are not built yet. Run `npm start`, which builds what is missing, or `npm run build`.',
  )
}
