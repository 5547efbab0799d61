import { chmodSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import type { BundleHealth } from '../../../server/contract/bundle.ts'

/** Answers whoever may open the socket (this user alone) with one line of JSON. */
export async function serveHealth(path: string, health: () => BundleHealth): Promise<Server> {
  rmSync(path, { force: true }) // of a run that was killed
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.end(`${JSON.stringify(health())}\n`)
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve))
  chmodSync(path, 0o600)
  return server
}

/** @throws Error when no supervisor listens there */
export function askHealth(path: string): Promise<BundleHealth> {
  return new Promise((resolve, reject) => {
    let text = ''
    connect(path)
      .on('data', (chunk) => {
        text += chunk.toString('utf8')
      })
      .on('end', () => resolve(JSON.parse(text) as BundleHealth))
      .on('error', reject)
  })
}
