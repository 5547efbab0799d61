/**
 * A server with one bottle's terminals and nothing else, in a process of its own, so that tests can kill it as hard as
 * they like and weigh it: `tsx terminal-server.ts <home> <slug> <state folder>`. Prints its port.
 *
 * `GET /` answers with its memory and what it knows of the agent, `GET /shell` opens a shell, `GET /stop` shuts it down.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { WebSocketServer } from 'ws'
import { docker } from '../backends/docker/index.ts'
import { bottleSlug } from '../contract/ids.ts'
import { TTY_PROTOCOL } from '../contract/tty.ts'
import { TerminalHost } from '../terminal/host.ts'

const [home = '', name = '', stateFolder = ''] = process.argv.slice(2)
const slug = bottleSlug.parse(name)
const bottle = await docker({ root: path.resolve(import.meta.dirname, '../..'), home, extraCa: null }).adopt(slug)
const host = new TerminalHost()
await host.up(bottle, { slug, stateFolder, secrets: ['hunter2-is-a-secret'] })

const sockets = new WebSocketServer({
  noServer: true,
  perMessageDeflate: false,
  maxPayload: 1024 * 1024,
  handleProtocols: () => TTY_PROTOCOL,
})
let longestTurnMs = 0
let turnedAt = performance.now()
setInterval(() => {
  longestTurnMs = Math.max(longestTurnMs, performance.now() - turnedAt - 2)
  turnedAt = performance.now()
}, 2)

const server = createServer(async (req, res) => {
  if (req.url === '/shell') {
    res.end((await host.openShell(slug, { cols: 80, rows: 24 })).session)
  } else if (req.url === '/stop') {
    await host.shutdown()
    res.end('', () => process.exit(0))
  } else {
    const { rss } = process.memoryUsage()
    res.end(
      JSON.stringify({
        rss,
        longestTurnMs,
        lastLine: host.lastLine(slug),
        title: host.title(slug),
        shells: host.shells(slug),
      }),
    )
    longestTurnMs = 0
  }
})
server.on('upgrade', (req, socket, head) => {
  const session = new URL(req.url ?? '', 'http://localhost').searchParams.get('session') ?? 'agent'
  sockets.handleUpgrade(req, socket, head, (ws) => host.accept(ws, slug, session))
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
