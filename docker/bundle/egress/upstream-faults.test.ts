import { once } from 'node:events'
import { createServer as createTcpServer, type Server, type Socket } from 'node:net'
import type { TLSSocket, Server as TlsServer } from 'node:tls'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { HOST, type Running, rawUpstream, startEgress, type Upstream } from '../testing/egress-fixture.ts'
import { type Flaw, flawedCertificate } from '../testing/flawed-certificate.ts'
import { untilClosed } from '../testing/raw-client.ts'
import { LeafIssuer } from './leaf-issuer.ts'

// A busy machine is no fault.
vi.setConfig({ testTimeout: 60_000 })
const KIB = 1024
const IMPATIENT = { patience: { silenceMs: 600 } }

let upstream: Upstream
let running: Running & { at: string }

async function ask(path = '/'): Promise<string> {
  const tls = await running.tunnel()
  tls.write(`GET ${path} HTTP/1.1\r\nHost: ${running.at}\r\nConnection: close\r\n\r\n`)
  return untilClosed(tls)
}

/** An upstream that does as told until it is asked for `/after`, which it answers as it should. */
const upstreamThat = (misbehaves: (socket: TLSSocket) => void) =>
  rawUpstream((socket, head) =>
    head.startsWith('GET /after ')
      ? socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nafter')
      : misbehaves(socket),
  )

/** The control: nothing is left over from what went wrong. */
async function nextIsServed(): Promise<void> {
  const told = running.audit.length
  expect(await ask('/after')).toMatch(/^HTTP\/1.1 200 .*after$/s)
  expect(running.audit.slice(told)).toMatchObject([{ outcome: 'allowed', status: 200, path: '/after' }])
}

/** Writes again and again for as long as the other side takes it. */
function flood(socket: TLSSocket, piece: string, first = ''): void {
  socket.write(first)
  const more = () => {
    while (!socket.destroyed && socket.write(piece));
  }
  socket.on('drain', more)
  more()
}

describe('an upstream that breaks before its head has come', () => {
  const faults: [string, number, (socket: TLSSocket) => void, RegExp?][] = [
    ['hangs', 504, () => {}, /did not answer in time/],
    ['hangs in the middle of its head', 504, (socket) => socket.write('HTTP/1.1 200 OK\r\nX-Half: '), /in time/],
    ['closes in the middle of its head', 502, (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Le')],
    ['resets', 502, (socket) => socket.destroy()],
    ['sends bytes that are no HTTP', 502, (socket) => socket.write(Buffer.alloc(4 * KIB, 0xff))],
    ['sends a status that is no number', 502, (socket) => socket.write('HTTP/1.1 abc Fine\r\n\r\n')],
    ['says a negative length', 502, (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n')],
    [
      'says a length beyond all numbers',
      502,
      (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n'),
    ],
    ['sends a header without end', 502, (socket) => flood(socket, 'a'.repeat(16 * KIB), 'HTTP/1.1 200 OK\r\nX-Long: ')],
    ['sends headers without number', 502, (socket) => flood(socket, 'X-A: b\r\n'.repeat(KIB), 'HTTP/1.1 200 OK\r\n')],
    ['hints without end', 502, (socket) => flood(socket, 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'), /hints/],
    ['says “continue” without end', 502, (socket) => flood(socket, 'HTTP/1.1 100 Continue\r\n\r\n')],
  ]
  test.each(faults)('%s: the agent gets %i, it is told once, and the next request is served', async (...fault) => {
    const [, status, misbehaves, reason = /could not be used/] = fault
    upstream = await upstreamThat(misbehaves)
    running = await startEgress(upstream, IMPATIENT)
    const reply = await ask()
    expect(reply).toMatch(new RegExp(`^HTTP/1.1 ${status} .*x-bot-bottle-refused: upstream`, 's'))
    expect(JSON.parse(reply.slice(reply.indexOf('\r\n\r\n')))).toMatchObject({ rule: 'upstream' })
    expect(running.audit).toMatchObject([{ outcome: 'refused', rule: 'upstream', status }])
    expect(running.audit[0]?.message).toMatch(reason)
    await nextIsServed()
  })
})

describe('an upstream that breaks after its head has gone on', () => {
  const begun = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort'
  const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n'
  const faults: [string, (socket: TLSSocket) => void][] = [
    ['hangs', (socket) => socket.write(begun)],
    ['resets', (socket) => socket.write(begun, () => socket.destroy())],
    ['ends sooner than it said', (socket) => socket.end(begun)],
    ['ends without a last chunk', (socket) => socket.end(chunked)],
    ['sends a chunk of no size', (socket) => socket.write(`${chunked}zz\r\n`)],
    ['sends a chunk longer than it said', (socket) => socket.write(`${chunked}2\r\nlong\r\n0\r\n\r\n`)],
    ['sends trailers without end', (socket) => flood(socket, 'X-A: b\r\n'.repeat(KIB), `${chunked}0\r\n`)],
    ['sends a chunk extension without end', (socket) => flood(socket, 'a'.repeat(16 * KIB), `${chunked}5;x=`)],
  ]
  test.each(faults)('%s: the answer is cut, not made to look whole, and told once', async (_, misbehaves) => {
    upstream = await upstreamThat(misbehaves)
    running = await startEgress(upstream, IMPATIENT)
    const reply = await ask()
    expect(reply).toMatch(/^HTTP\/1.1 200 .*short/s)
    expect(reply).not.toMatch(/0\r\n\r\n$/)
    expect(running.audit).toMatchObject([{ outcome: 'refused', rule: 'upstream', status: 200 }])
    // In words, for whoever asks why an answer was cut.
    expect(running.audit[0]?.message).toMatch(/\w+ \w+/)
    await nextIsServed()
  })
})

describe('an upstream whose certificate', () => {
  const flaws: [Flaw, RegExp][] = [
    ['expired', /CERT_HAS_EXPIRED/],
    ['not yet valid', /CERT_NOT_YET_VALID/],
    ['of another name', /ERR_TLS_CERT_ALTNAME_INVALID/],
    ['self-signed', /DEPTH_ZERO_SELF_SIGNED_CERT/],
    ['of an unknown authority', /UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT/],
  ]
  test.each(flaws)('is %s is sent nothing: 502, told once with the reason, and a good one is used', async (...flaw) => {
    let asked = 0
    upstream = await upstreamThat(() => asked++)
    const server = upstream.server as TlsServer
    const use = ({ certificate, key }: { certificate: string; key: string }) =>
      server.setSecureContext({ cert: certificate, key })
    use(await flawedCertificate(flaw[0], upstream.authority, HOST))
    running = await startEgress(upstream)
    expect(await ask()).toMatch(/^HTTP\/1.1 502 .*x-bot-bottle-refused: upstream/s)
    expect(running.audit).toMatchObject([{ outcome: 'refused', rule: 'upstream', status: 502 }])
    expect(running.audit[0]?.message).toMatch(flaw[1])
    expect(asked).toBe(0)
    use(await (await LeafIssuer.open(upstream.authority)).leaf(HOST))
    await nextIsServed()
  })
})

describe('an upstream that does not speak TLS', () => {
  let server: Server
  const speaking = async (speaks: (socket: Socket) => void) => {
    const open = new Set<Socket>()
    server = createTcpServer((socket) => {
      open.add(socket.on('error', () => {}))
      speaks(socket)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    onTestFinished(() => {
      server.close()
      for (const socket of open) socket.destroy()
    })
    upstream = { ...(await rawUpstream(() => {})), port }
  }
  test.each([
    ['but plain HTTP', (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')],
    ['but hangs up', (socket: Socket) => socket.destroy()],
  ])('%s: the agent gets 502, and it is told once', async (_, speaks) => {
    await speaking(speaks)
    running = await startEgress(upstream)
    expect(await ask()).toMatch(/^HTTP\/1.1 502 .*x-bot-bottle-refused: upstream/s)
    expect(running.audit).toMatchObject([{ outcome: 'refused', rule: 'upstream', status: 502 }])
  })
  test('nor listens at all: the agent gets 502, and it is told once', async () => {
    await speaking(() => {})
    server.close()
    await once(server, 'close')
    running = await startEgress(upstream)
    expect(await ask()).toMatch(/^HTTP\/1.1 502 .*x-bot-bottle-refused: upstream/s)
    expect(running.audit).toMatchObject([{ rule: 'upstream', message: expect.stringMatching(/ECONNREFUSED/) }])
  })
})
