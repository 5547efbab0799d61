/** The upstream of the benches of egress: `tsx egress-origin.ts <file with certificate and key>`; prints its port. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'

const { certificate, key } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
const block = Buffer.alloc(1024 * 1024, 'The quick brown fox jumps over the lazy dog. ')

/** RFC 6455, 1.3. */
const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const EVENT_EVERY_MS = 10

/** Events that say when they left, in microseconds of a clock that all processes of the machine share. */
function sendEvents(response: ServerResponse, count: number): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  let left = count
  const timer = setInterval(() => {
    response.write(`data: ${process.hrtime.bigint() / 1000n}\n\n`)
    if (--left > 0) return
    clearInterval(timer)
    response.end()
  }, EVENT_EVERY_MS)
  response.once('close', () => clearInterval(timer))
}

const server = createServer(
  { cert: certificate, key, keepAliveTimeout: 60_000, requestTimeout: 0 },
  (request, response) => {
    const [, what, size] = request.url?.split('/') ?? []
    if (what === 'up') {
      request.resume().on('end', () => response.end('ok'))
      return
    }
    if (what === 'events') return sendEvents(response, Number(size))
    let left = what === 'down' ? Number(size) : 0
    response.writeHead(200, { 'content-length': left || 2 })
    if (left === 0) return void response.end('ok')
    const write = () => {
      while (left > 0) {
        const part = block.subarray(0, Math.min(left, block.length))
        left -= part.length
        if (!response.write(part)) return void response.once('drain', write)
      }
      response.end()
    }
    write()
  },
)
// A WebSocket whose frames come back as they are: what a proxy adds is the same whatever is in them.
server.on('upgrade', (request, socket) => {
  const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${WEBSOCKET_GUID}`).digest('base64')
  const head = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
  socket.on('error', () => socket.destroy()).write(`${head}Sec-WebSocket-Accept: ${accept}\r\n\r\n`)
  socket.pipe(socket)
})
server.listen(0, '0.0.0.0', () => console.log((server.address() as AddressInfo).port))
