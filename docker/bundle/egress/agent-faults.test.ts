import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import {
  HOST,
  httpUpstream,
  NOTHING_FOUND,
  type Running,
  startEgress,
  tableFor,
  type Upstream,
} from '../testing/egress-fixture.ts'
import { openTunnel, secure, untilClosed } from '../testing/raw-client.ts'
import type { EgressOptions } from './proxy.ts'
import type { Verdict } from './scanning.ts'

// A busy machine is no fault.
vi.setConfig({ testTimeout: 60_000 })
const MIB = 1024 * 1024
/** Any of loopback's, so that whoever has port 80 of the usual one is left alone. */
const PLAIN_ADDRESS = '127.80.0.1'
let upstream: Upstream
let running: Running & { at: string }

/** Requests that reached the upstream whole. */
let arrived: string[]

beforeEach(async () => {
  arrived = []
  upstream = await httpUpstream((request, response) => {
    request.resume().on('end', () => {
      arrived.push(`${request.method} ${request.url}`)
      response.end(request.url === '/large' ? Buffer.alloc(4 * MIB) : 'after')
    })
  })
  await start()
})
async function start(options: Partial<EgressOptions> = {}): Promise<void> {
  await running?.close()
  running = await startEgress(upstream, options)
}

const plain = (bytes: string): Socket => {
  const socket = connect(running.port, '127.0.0.1', () => socket.write(bytes))
  return socket.on('error', () => {})
}
const inside = async (bytes: string): Promise<TLSSocket> => {
  const tls = await running.tunnel()
  tls.on('error', () => {}).write(bytes)
  return tls
}
const post = (head: string) => `POST / HTTP/1.1\r\nHost: ${running.at}\r\n${head}\r\n\r\n`

/** The control: nothing is left over from what went wrong. */
async function nextIsServed(): Promise<void> {
  const tls = await inside(`GET /after HTTP/1.1\r\nHost: ${running.at}\r\nConnection: close\r\n\r\n`)
  expect(await untilClosed(tls)).toMatch(/^HTTP\/1.1 200 .*after/s)
  await expect.poll(() => running.audit.at(-1)).toMatchObject({ outcome: 'allowed', path: '/after' })
}
const toldOnce = async (line: object) => {
  await expect.poll(() => running.audit, { timeout: 10_000 }).toMatchObject([line])
}

describe('an agent that sends what cannot be read', () => {
  const long = `X-Long: ${'a'.repeat(MIB)}`
  test('a header of 1 MB in a tunnel: 400, told once', async () => {
    const reply = await untilClosed(await inside(`GET / HTTP/1.1\r\nHost: ${running.at}\r\n${long}\r\n\r\n`))
    expect(reply).toMatch(/^HTTP\/1.1 400 .*x-bot-bottle-refused: too-large/s)
    await toldOnce({ outcome: 'refused', rule: 'too-large', status: 400, host: HOST })
    await nextIsServed()
  })
  test('a header of 1 MB with CONNECT: 400, told once', async () => {
    const reply = await untilClosed(plain(`CONNECT ${running.at} HTTP/1.1\r\nHost: ${running.at}\r\n${long}\r\n\r\n`))
    expect(reply).toMatch(/^HTTP\/1.1 400 .*x-bot-bottle-refused: too-large/s)
    await toldOnce({ outcome: 'refused', rule: 'too-large', status: 400 })
    await nextIsServed()
  })
  test('a target of 1 MB: 400, told once', async () => {
    const reply = await untilClosed(await inside(`GET /${'a'.repeat(MIB)} HTTP/1.1\r\nHost: ${running.at}\r\n\r\n`))
    expect(reply).toMatch(/^HTTP\/1.1 400 .*x-bot-bottle-refused: too-large/s)
    await toldOnce({ outcome: 'refused', rule: 'too-large' })
    await nextIsServed()
  })
  test('a chunk of no size: 400, told once, and never whole upstream', async () => {
    const reply = await untilClosed(await inside(`${post('Transfer-Encoding: chunked')}2\r\nok\r\nzz\r\n`))
    expect(reply).toMatch(/^HTTP\/1.1 400 .*x-bot-bottle-refused: malformed/s)
    await toldOnce({ outcome: 'refused', rule: 'malformed', status: 400 })
    expect(arrived).toEqual([])
    await nextIsServed()
  })
  test('more body than it said: the rest is no request', async () => {
    const reply = await untilClosed(await inside(`${post('Content-Length: 2')}ok and more\r\n\r\n`))
    expect(reply).toMatch(/HTTP\/1.1 400 .*x-bot-bottle-refused: malformed/s)
    await expect.poll(() => running.audit.map(({ method }) => method).sort()).toEqual(['CONNECT', 'POST'])
    expect(arrived.filter((request) => request !== 'POST /')).toEqual([])
    await nextIsServed()
  })
})

describe('an agent that goes away', () => {
  const goneWhileSending = { outcome: 'refused', rule: 'malformed', message: expect.stringMatching(/agent closed/) }
  test.each([
    ['with less body than it said', 'Content-Length: 1000', 'less'],
    ['without its last chunk', 'Transfer-Encoding: chunked', '4\r\nless\r\n'],
  ])('%s: told once as that, and never whole upstream', async (_, head, body) => {
    const tls = await inside(post(head) + body)
    tls.end()
    await untilClosed(tls)
    await toldOnce(goneWhileSending)
    expect(arrived).toEqual([])
    await nextIsServed()
  })
  test('in the middle of a long upload: told once, and never whole upstream', async () => {
    const tls = await inside(post(`Content-Length: ${64 * MIB}`))
    tls.write(Buffer.alloc(12 * MIB, 'a'), () => tls.destroy())
    await toldOnce({ message: expect.stringMatching(/agent closed/) })
    expect(arrived).toEqual([])
    await nextIsServed()
  })
  test('while its request is scanned: told once, and nothing is asked of the upstream', async () => {
    let scanning = () => {}
    let done: (verdict: Verdict) => void = () => {}
    const begun = new Promise<void>((resolve) => {
      scanning = resolve
    })
    const outbound = () => {
      scanning()
      return new Promise<Verdict>((resolve) => {
        done = resolve
      })
    }
    await start({ scanner: { ...NOTHING_FOUND, outbound } })
    const tls = await inside(`GET /large HTTP/1.1\r\nHost: ${running.at}\r\n\r\n`)
    await begun
    const closed = once(tls, 'close')
    tls.destroy()
    await closed
    await expect.poll(() => connectionsOf(running)).toBe(0)
    done({ findings: [] })
    await toldOnce({ message: expect.stringMatching(/agent closed/) })
    expect(arrived).toEqual([])
  })
  const reset = (socket: Socket) => once(socket, 'connect').then(() => socket.resetAndDestroy())
  test.each([
    ['CONNECT', () => `CONNECT ${running.at} HTTP/1.1\r\nHost: ${running.at}\r\n\r\n`],
    ['a CONNECT that is refused', () => 'CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test:443\r\n\r\n'],
    [
      'an upgrade outside of a tunnel',
      () => 'GET http://a.test/ HTTP/1.1\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
    ],
    ['half a head', () => 'GET http://a.test/ HTTP/1.1\r\nHo'],
  ])('with a reset after %s: nothing comes of it', async (_, bytes) => {
    for (let i = 0; i < 20; i++) await reset(plain(bytes()))
    for (let i = 0; i < 20; i++) {
      const socket = plain(bytes())
      await Promise.race([once(socket, 'data'), new Promise((resolve) => setTimeout(resolve, 50))])
      socket.resetAndDestroy()
    }
    await nextIsServed()
  })
  test.each([
    ['a tunnel in a tunnel', () => `CONNECT ${running.at} HTTP/1.1\r\nHost: ${running.at}\r\n\r\n`],
    [
      'a WebSocket that is refused',
      () => `GET / HTTP/1.1\r\nHost: ${running.at}\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n`,
    ],
  ])('with a reset after %s: nothing comes of it', async (_, bytes) => {
    for (let i = 0; i < 20; i++) {
      const socket = await openTunnel(running.port, running.at)
      if (typeof socket === 'string') throw new Error(socket)
      const tls = await secure(socket, running.guestCa, HOST)
      tls.on('error', () => {})
      tls.write(bytes(), () => socket.resetAndDestroy())
    }
    await nextIsServed()
  })
})

describe('an agent that does not go away', () => {
  test.each([
    ['a refused CONNECT', 'CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test:443\r\n\r\n'],
    ['an upgrade outside of a tunnel', 'GET http://a.test/ HTTP/1.1\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'],
    ['what cannot be read', 'nonsense\r\n\r\n'],
  ])('after %s is let go of', async (_, bytes) => {
    // Never closes its own side, whatever it is told.
    const socket = connect({ port: running.port, host: '127.0.0.1', allowHalfOpen: true }, () => socket.write(bytes))
    socket.on('error', () => {}).resume()
    await once(socket, 'end')
    await expect.poll(() => connectionsOf(running), { timeout: 10_000 }).toBe(0)
    await nextIsServed()
  })
})

describe('plain HTTP', () => {
  test.each([8443, 443])('never goes to port %i, where a credential may be added', async (port) => {
    await start({ table: tableFor(port) })
    const reply = await untilClosed(plain(`GET http://${HOST}:${port}/ HTTP/1.1\r\nHost: ${HOST}:${port}\r\n\r\n`))
    expect(reply).toMatch(/^HTTP\/1.1 403 .*x-bot-bottle-refused: not-tls/s)
    await toldOnce({ outcome: 'refused', rule: 'not-tls', status: 403 })
  })
  test('is cut in the middle of its answer when its route goes', async ({ skip }) => {
    const origin = createHttpServer((_request, response) => response.write('begun')).listen(80, PLAIN_ADDRESS)
    const refused = await Promise.race([once(origin, 'listening').then(() => null), once(origin, 'error')])
    skip(refused !== null, 'only root may listen on port 80 here')
    try {
      const lookup = { resolver: async () => [{ address: PLAIN_ADDRESS, family: 4 }], vet: () => true }
      await start({ table: tableFor(80, { auth: null }), lookup })
      const client = plain(`GET http://${HOST}/ HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`)
      const reply = untilClosed(client)
      await once(client, 'data')
      running.egress.use(tableFor(8443))
      expect(await reply).toMatch(/^HTTP\/1.1 200 .*begun/s)
      await expect.poll(() => running.audit).toHaveLength(1)
    } finally {
      origin.close()
      origin.closeAllConnections()
    }
  })
})

const connectionsOf = ({ egress }: Running): Promise<number> => egress.connections()
