import type { TLSSocket, Server as TlsServer } from 'node:tls'
import { expect, test, vi } from 'vitest'
import { HOST, type Running, rawUpstream, startEgress, tableFor, type Upstream } from '../testing/egress-fixture.ts'
import { flawedCertificate } from '../testing/flawed-certificate.ts'
import { untilClosed } from '../testing/raw-client.ts'

// A busy machine is no fault.
vi.setConfig({ testTimeout: 60_000 })
let upstream: Upstream
let running: Running & { at: string }

async function start(misbehaves: (socket: TLSSocket) => void): Promise<void> {
  upstream = await rawUpstream(misbehaves)
  const matches = [{}, { headers: [{ name: 'Upgrade', value: 'websocket', type: 'exact' }] }]
  running = await startEgress(upstream, {
    table: tableFor(upstream.port, { matches }),
    // Long enough for the last test to go first, on any machine.
    patience: { silenceMs: 1_500 },
  })
}
async function ask(): Promise<TLSSocket> {
  const tls = await running.tunnel()
  tls.on('error', () => {})
  tls.write(
    `GET /live HTTP/1.1\r\nHost: ${running.at}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  return tls
}

const hints = (socket: TLSSocket) => {
  const more = () => {
    while (!socket.destroyed && socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(100)));
  }
  socket.on('drain', more)
  more()
}
const faults: [string, number, (socket: TLSSocket) => void, RegExp][] = [
  ['never answers', 504, () => {}, /in time/],
  ['hints without end', 504, hints, /in time/],
  ['resets', 502, (socket) => socket.destroy(), /ECONNRESET/],
  ['answers what cannot be read', 502, (socket) => socket.write('nonsense\r\n\r\n'), /HPE_/],
  ['sends a head without end', 502, (socket) => socket.write(`HTTP/1.1 101 a\r\nX: ${'a'.repeat(200_000)}`), /HPE_/],
]
test.each(faults)('a WebSocket whose upstream %s is answered with %i and told once', async (...fault) => {
  const [, status, misbehaves, reason] = fault
  await start(misbehaves)
  expect(await untilClosed(await ask())).toMatch(
    new RegExp(`^HTTP/1.1 ${status} .*x-bot-bottle-refused: upstream`, 's'),
  )
  expect(running.audit).toMatchObject([{ outcome: 'refused', rule: 'upstream', status }])
  expect(running.audit[0]?.message).toMatch(reason)
})

test('a WebSocket to an upstream with an expired certificate is sent nothing: 502, told once with the reason', async () => {
  let asked = 0
  await start(() => asked++)
  const { certificate, key } = await flawedCertificate('expired', upstream.authority, HOST)
  const server = upstream.server as TlsServer
  server.setSecureContext({ cert: certificate, key })
  expect(await untilClosed(await ask())).toMatch(/^HTTP\/1.1 502 .*x-bot-bottle-refused: upstream/s)
  expect(running.audit).toMatchObject([{ status: 502, message: expect.stringMatching(/CERT_HAS_EXPIRED/) }])
  expect(asked).toBe(0)
})

test('a WebSocket whose agent goes before the answer is told once as that, and the upstream let go', async () => {
  let arrived: TLSSocket | null = null
  await start((socket) => {
    arrived = socket
  })
  const tls = await ask()
  const socket = await vi.waitUntil(() => arrived as TLSSocket | null)
  tls.destroy()
  await expect.poll(() => socket.closed, { timeout: 10_000 }).toBe(true)
  await expect.poll(() => running.audit).toMatchObject([{ message: expect.stringMatching(/agent closed/) }])
})
