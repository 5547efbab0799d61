import { once } from 'node:events'
import WebSocket from 'ws'
import type { Dashboard } from '../../e2e/fixtures/dashboard.ts'
import { TTY_PROTOCOL } from '../../server/contract/tty.ts'

/** Has a bottle's shell print a new line every second, as an agent at work does; the page that typed it goes away. */
export async function makeChatty(dashboard: Dashboard, slug: string): Promise<void> {
  const address = `ws://localhost:${dashboard.port}/api/bottles/${slug}/tty?session=agent`
  const socket = new WebSocket(address, TTY_PROTOCOL, { origin: dashboard.url })
  await once(socket, 'message')
  socket.send(Buffer.from('while sleep 1; do echo "$SECONDS s: reading, thinking, writing"; done\r'))
  await once(socket, 'message')
  socket.close()
  await once(socket, 'close')
}
