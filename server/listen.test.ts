import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { listen } from './listen.ts'

async function taken(body: string): Promise<{ port: number; free(): void }> {
  const server = createServer((_req, res) => res.end(body))
  const port = await listen(server, '127.0.0.1', 0)
  return { port, free: () => void server.close().closeAllConnections() }
}

test('a port that another program has: the error names it, how to find the program, and another port', async () => {
  const { port, free } = await taken('something else')
  await expect(listen(createServer(), '127.0.0.1', port)).rejects.toThrow(
    `Port ${port} is taken by another program. End that program (\`ss -ltnp 'sport = :${port}'\` names it), or set BOT_BOTTLE_PORT to another port (BOT_BOTTLE_PORT=${port + 1}).`,
  )
  free()
})

test('a port that another bot-bottle has: the error says so and where it is', async () => {
  const { port, free } = await taken('{"ok":true,"version":"1.2.3"}')
  await expect(listen(createServer(), '127.0.0.1', port)).rejects.toThrow(
    `Port ${port} is taken by another bot-bottle (version 1.2.3), which works on another home. Open http://localhost:${port}`,
  )
  free()
})

test('an address that is not this machine’s', async () => {
  await expect(listen(createServer(), '192.0.2.1', 0)).rejects.toThrow('192.0.2.1 is not an address of this machine')
})

test('port 0 gives any free one', async () => {
  const server = createServer()
  const port = await listen(server, '127.0.0.1', 0)
  expect((server.address() as AddressInfo).port).toBe(port)
  server.close()
})
