import { createHash } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { describe, expect, test } from 'vitest'
import {
  HOST,
  type Running,
  rawUpstream,
  startEgress,
  TOKEN,
  tableFor,
  type Upstream,
} from '../testing/egress-fixture.ts'
import { untilClosed } from '../testing/raw-client.ts'

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const accept = createHash('sha1').update(`${KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
const SWITCH = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`

let upstream: Upstream
let running: Running & { at: string }
let handshake: string

/** @param speak what the upstream does with the bytes of frames */
async function open(speak: (socket: TLSSocket, chunk: Buffer) => void, greeting = SWITCH): Promise<TLSSocket> {
  upstream = await rawUpstream((socket, head) => {
    handshake = head
    socket.write(greeting)
    socket.on('data', (chunk: Buffer) => speak(socket, chunk))
  })
  const matches = [{ headers: [{ name: 'Upgrade', value: 'websocket', type: 'exact' }] }]
  running = await startEgress(upstream, { table: tableFor(upstream.port, { matches }) })
  const tls = await running.tunnel()
  tls.write(
    `GET /live HTTP/1.1\r\nHost: ${running.at}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
      `Sec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Extensions: permessage-deflate\r\nAuthorization: Bearer mine\r\n\r\n`,
  )
  return tls
}

const first = (tls: TLSSocket): Promise<string> =>
  new Promise((resolve) => tls.once('data', (chunk) => resolve(chunk.toString('latin1'))))

describe('a WebSocket on a route that opts in', () => {
  test('carries frames both ways, with the credential and without extensions', async () => {
    const tls = await open((socket, chunk) => socket.write(chunk))
    expect(await first(tls)).toBe(SWITCH)
    tls.write(Buffer.from('8182000000004142', 'hex'))
    expect(await first(tls)).toContain('AB')
    expect(handshake).toContain(`authorization: Bearer ${TOKEN}`)
    expect(handshake).toContain(`host: ${running.at}`)
    expect(handshake).not.toMatch(/permessage-deflate|mine/)
    tls.destroy()
    await expect
      .poll(() => running.audit)
      .toMatchObject([{ outcome: 'allowed', status: 101, host: HOST, path: '/live' }])
  })
  test('is cut when the token comes back in a frame', async () => {
    const tls = await open((socket) => socket.write(`\x81\x1e${TOKEN}`, 'latin1'))
    await first(tls)
    const rest = untilClosed(tls)
    tls.write('x')
    expect(await rest).not.toContain(TOKEN.slice(4))
    expect(running.audit).toMatchObject([{ outcome: 'refused', rule: 'token-reflected' }])
  })
  test('is refused when the upstream answers something else', async () => {
    const tls = await open(() => {}, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    expect(await untilClosed(tls)).toMatch(/^HTTP\/1.1 502 .*upstream/s)
  })
  test('is cut when everything is frozen', async () => {
    const tls = await open((socket, chunk) => socket.write(chunk))
    await first(tls)
    const closed = untilClosed(tls)
    running.egress.use(tableFor(upstream.port, {}, { frozen: true }))
    await closed
    expect(running.audit).toHaveLength(1)
  })
})
