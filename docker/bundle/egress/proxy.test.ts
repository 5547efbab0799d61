import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EgressAudit } from '../../../server/contract/egress.ts'
import { type Origin, startOrigin } from '../testing/origin.ts'
import { collect, insideTunnel, openTunnel, rawExchange, secure } from '../testing/raw-client.ts'
import { LeafIssuer, mintCa } from './leaf-issuer.ts'
import { Egress } from './proxy.ts'
import type { Scanner } from './scanning.ts'
import { compileTable } from './table.ts'

const TOKEN = 'sk-real-token-0123456789abcdef'
const NOTHING_FOUND: Scanner = { outbound: async () => ({ findings: [] }), window: async () => [] }

let origin: Origin
let egress: Egress
let proxy: number
let guestCa: string
let audit: EgressAudit[]
let answer: (request: IncomingMessage, response: ServerResponse, body: Buffer) => void

const table = (more: object = {}, top: object = {}) =>
  compileTable(
    JSON.stringify({
      version: 1,
      log: 1,
      resolve: {},
      ...top,
      routes: [
        {
          host: 'api.test',
          ports: [origin.port],
          origin: { kind: 'bottle', name: 'b' },
          auth: { scheme: 'Bearer', header: 'authorization', slot: 'API' },
          matches: [],
          gitFetch: false,
          scan: { outbound: [], inbound: [], onMatch: 'block' },
          ...more,
        },
      ],
    }),
  )

beforeEach(async () => {
  answer = (_request, response) => response.end('ok')
  origin = await startOrigin('api.test', (...all) => answer(...all))
  const ca = await mintCa('test')
  guestCa = ca.certificate
  audit = []
  egress = new Egress({
    table: table(),
    tokens: new Map([['API', TOKEN]]),
    issuer: await LeafIssuer.open(ca),
    scanner: NOTHING_FOUND,
    audit: (line) => audit.push(line),
    upstreamCa: [origin.ca],
    lookup: { resolver: async () => [{ address: '127.0.0.1', family: 4 }], vet: () => true },
  })
  proxy = await egress.listen(0, '127.0.0.1')
})
afterEach(async () => {
  await egress.close()
  await origin.close()
})

const at = () => `api.test:${origin.port}`
const inside = (bytes: string | Buffer) => insideTunnel(proxy, guestCa, at(), bytes)
const get = (path: string, headers = '') =>
  `GET ${path} HTTP/1.1\r\nHost: ${at()}\r\n${headers}Connection: close\r\n\r\n`
const sent = (name: string) =>
  origin.seen.at(-1)?.rawHeaders.filter((_, i, all) => i % 2 === 1 && all[i - 1]!.toLowerCase() === name)

describe('a listed request', () => {
  test('reaches its host with the credential that egress adds, and is told once', async () => {
    expect(await inside(get('/v1/x?q=1'))).toMatch(/^HTTP\/1.1 200 .*ok/s)
    expect(origin.seen).toMatchObject([{ method: 'GET', url: '/v1/x?q=1', host: at() }])
    expect(sent('authorization')).toEqual([`Bearer ${TOKEN}`])
    expect(audit).toMatchObject([
      { outcome: 'allowed', host: 'api.test', path: '/v1/x', status: 200, slot: 'API', bytesDown: 2 },
    ])
    expect(JSON.stringify(audit)).not.toContain(TOKEN)
  })
  test.each([
    ['twice', 'Authorization: Bearer mine\r\nauthorization: Bearer other\r\n'],
    ['named by Connection', 'Authorization: Bearer mine\r\nConnection: authorization\r\n'],
    ['as a key and a cookie', 'X-Api-Key: mine\r\nCookie: a=mine\r\n'],
  ])('loses the credentials that the agent sent %s', async (_, headers) => {
    expect(await inside(`GET / HTTP/1.1\r\nHost: ${at()}\r\n${headers}\r\n`)).toMatch(/^HTTP\/1.1 200/)
    expect(sent('authorization')).toEqual([`Bearer ${TOKEN}`])
    expect(JSON.stringify(origin.seen)).not.toContain('mine')
    expect(audit[0]?.stripped?.length).toBeGreaterThan(0)
  })
  test('without SNI is served: the tunnel names the host', async () => {
    const tunnel = await openTunnel(proxy, at())
    if (typeof tunnel === 'string') throw new Error(tunnel)
    const tls = await secure(tunnel, guestCa, '')
    const reply = collect(tls)
    tls.write(get('/'))
    expect(await reply).toMatch(/^HTTP\/1.1 200/)
  })
  test('with a chunked body and trailers carries the body and drops the trailers', async () => {
    const reply = await inside(
      `POST / HTTP/1.1\r\nHost: ${at()}\r\nTransfer-Encoding: chunked\r\nTrailer: Authorization\r\n\r\n5\r\nhello\r\n0\r\nAuthorization: Bearer mine\r\n\r\n`,
    )
    expect(reply).toMatch(/^HTTP\/1.1 200/)
    expect(origin.seen[0]?.body.toString()).toBe('hello')
    expect(JSON.stringify(origin.seen)).not.toContain('mine')
  })
  test('of which the answer comes at once in chunks gets all of it', async () => {
    answer = (_request, response) => {
      for (const piece of ['one ', 'two ', 'three']) response.write(piece)
      response.end()
    }
    expect(await inside(get('/'))).toMatch(/one [\s\S]*two [\s\S]*three/)
  })
  test('streams an event stream without holding it back', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: 1\n\n')
    }
    const tunnel = await openTunnel(proxy, at())
    if (typeof tunnel === 'string') throw new Error(tunnel)
    const tls = await secure(tunnel, guestCa, 'api.test')
    const first = new Promise<string>((resolve) => {
      let text = ''
      tls.on('data', (chunk) => {
        text += chunk.toString()
        if (text.includes('data: 1')) resolve(text)
      })
    })
    tls.write(get('/'))
    expect(await first).toContain('data: 1')
    tls.destroy()
  })
})

describe('CONNECT', () => {
  test.each([
    'evil.test:443',
    'api.test:22',
    '127.0.0.1:443',
    '[::1]:443',
    '2130706433:443',
    '0x7f.1:443',
    'api.test.:443',
    'user@api.test:443',
    'api%2etest:443',
    'localhost:4747',
    'api.test',
  ])('to %s is refused before 200, told and nothing reaches the origin', async (authority) => {
    const reply = await openTunnel(proxy, authority)
    expect(reply).toMatch(/^HTTP\/1.1 (400|403) .*x-bot-bottle-refused: /s)
    expect(audit).toMatchObject([{ outcome: 'refused', method: 'CONNECT' }])
    expect(origin.seen).toEqual([])
  })
  test('in any case of letters reaches the listed host', async () => {
    expect(await insideTunnel(proxy, guestCa, `API.Test:${origin.port}`, get('/'))).toMatch(/^HTTP\/1.1 200/)
  })
  test.each([
    ['SSH', 'SSH-2.0-x\r\n'],
    ['plain HTTP', 'GET / HTTP/1.1\r\nHost: api.test\r\n\r\n'],
    ['HTTP/2 by prior knowledge', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ])('closes on %s inside the tunnel', async (_, bytes) => {
    const tunnel = await openTunnel(proxy, at())
    if (typeof tunnel === 'string') throw new Error(tunnel)
    const reply = collect(tunnel)
    tunnel.write(bytes)
    expect(await reply).toBe('')
    expect(audit).toMatchObject([{ rule: 'not-tls' }])
  })
  test('with another name in TLS is refused at the handshake', async () => {
    const tunnel = await openTunnel(proxy, at())
    if (typeof tunnel === 'string') throw new Error(tunnel)
    await expect(secure(tunnel, guestCa, 'evil.test')).rejects.toThrow()
    expect(audit).toMatchObject([{ rule: 'host-mismatch' }])
  })
})

describe('inside a tunnel', () => {
  test.each([
    ['another Host', 'GET / HTTP/1.1\r\nHost: evil.test\r\n\r\n', /^HTTP\/1.1 421/],
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: HERE\r\nHost: evil.test\r\n\r\n', /^HTTP\/1.1 400/],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', /^HTTP\/1.1 400/],
    ['absolute form', 'GET http://evil.test/ HTTP/1.1\r\nHost: HERE\r\n\r\n', /^HTTP\/1.1 400/],
    ['absolute form of itself', 'GET https://HERE/ HTTP/1.1\r\nHost: HERE\r\n\r\n', /^HTTP\/1.1 400/],
    ['CONNECT', 'CONNECT evil.test:443 HTTP/1.1\r\nHost: HERE\r\n\r\n', /^HTTP\/1.1 405/],
    ['TRACE', 'TRACE / HTTP/1.1\r\nHost: HERE\r\n\r\n', /^HTTP\/1.1 405/],
    [
      'CL and TE',
      'POST / HTTP/1.1\r\nHost: HERE\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      /^HTTP\/1.1 400/,
    ],
    [
      'two Content-Lengths',
      'POST / HTTP/1.1\r\nHost: HERE\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      /^HTTP\/1.1 400/,
    ],
    ['a signed Content-Length', 'POST / HTTP/1.1\r\nHost: HERE\r\nContent-Length: +1\r\n\r\na', /^HTTP\/1.1 400/],
    [
      'an unknown transfer coding',
      'POST / HTTP/1.1\r\nHost: HERE\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
      /^HTTP\/1.1 400/,
    ],
    [
      'a bad chunk size',
      'POST / HTTP/1.1\r\nHost: HERE\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n',
      /^HTTP\/1.1 400/,
    ],
    ['a folded header', 'GET / HTTP/1.1\r\nHost: HERE\r\nX-A: 1\r\n 2\r\n\r\n', /^HTTP\/1.1 400/],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost : HERE\r\n\r\n', /^HTTP\/1.1 400/],
    ['a bare CR in a header', 'GET / HTTP/1.1\r\nHost: HERE\r\nX-A: 1\rX-B: 2\r\n\r\n', /^HTTP\/1.1 400/],
    ['a NUL in a header', 'GET / HTTP/1.1\r\nHost: HERE\r\nX-A: 1\0\r\n\r\n', /^HTTP\/1.1 400/],
    ['dot segments', 'GET /a/../../admin HTTP/1.1\r\nHost: HERE\r\n\r\n', /^HTTP\/1.1 400/],
    [
      'a header of 100 KB',
      `GET / HTTP/1.1\r\nHost: HERE\r\nX-A: ${'a'.repeat(100_000)}\r\n\r\n`,
      /^(HTTP\/1.1 4(00|31)|$)/,
    ],
    [
      'an h2c upgrade',
      'GET / HTTP/1.1\r\nHost: HERE\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n',
      /^HTTP\/1.1 403/,
    ],
    [
      'a WebSocket without opt-in',
      'GET / HTTP/1.1\r\nHost: HERE\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
      /^HTTP\/1.1 403/,
    ],
    [
      'a push over HTTPS',
      'GET /o/r.git/info/refs?service=git-receive-pack HTTP/1.1\r\nHost: HERE\r\n\r\n',
      /^HTTP\/1.1 403 .*git-push/s,
    ],
    [
      'a push body',
      'POST /o/r.git/git-receive-pack HTTP/1.1\r\nHost: HERE\r\nContent-Length: 0\r\n\r\n',
      /^HTTP\/1.1 403 .*git-push/s,
    ],
    [
      'a fetch without leave',
      'GET /o/r.git/info/refs?service=git-upload-pack HTTP/1.1\r\nHost: HERE\r\n\r\n',
      /^HTTP\/1.1 403 .*git-fetch/s,
    ],
    [
      'a push spelt with escapes',
      'GET /o/r.git/info/ref%73?service=git%2Dreceive%2Dpack HTTP/1.1\r\nHost: HERE\r\n\r\n',
      /^HTTP\/1.1 403 .*git-push/s,
    ],
  ])('%s is refused, told once and nothing reaches the origin', async (_, bytes, expected) => {
    expect(await inside(bytes.replaceAll('HERE', at()))).toMatch(expected)
    expect(origin.seen).toEqual([])
    expect(audit.map(({ outcome, rule }) => outcome === 'refused' && rule !== undefined)).toEqual([true])
  })
  test('a second request pipelined behind the first is judged by itself', async () => {
    const reply = await inside(`GET /1 HTTP/1.1\r\nHost: ${at()}\r\n\r\nGET /2 HTTP/1.1\r\nHost: evil.test\r\n\r\n`)
    expect(reply).toMatch(/^HTTP\/1.1 200/)
    expect(origin.seen.map(({ url }) => url)).toEqual(['/1'])
    expect(audit.map(({ rule }) => rule)).toContain('host-mismatch')
  })
})

describe('to the proxy itself', () => {
  test.each([
    ['origin form', 'GET / HTTP/1.1\r\nHost: api.test\r\n\r\n', /^HTTP\/1.1 400/],
    [
      'absolute form of an unlisted host',
      'GET http://evil.test/ HTTP/1.1\r\nHost: evil.test\r\n\r\n',
      /^HTTP\/1.1 403/,
    ],
    [
      'absolute form whose Host differs',
      'GET http://evil.test/ HTTP/1.1\r\nHost: api.test\r\n\r\n',
      /^HTTP\/1.1 421|403/,
    ],
    ['https in absolute form', 'GET https://api.test/ HTTP/1.1\r\nHost: api.test\r\n\r\n', /^HTTP\/1.1 400/],
    ['SOCKS', Buffer.from([5, 1, 0]), /^(HTTP\/1.1 400|$)/],
    [
      'an upgrade',
      'GET http://api.test/ HTTP/1.1\r\nHost: api.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      /^HTTP\/1.1 403/,
    ],
  ])('%s is refused, and told once', async (_, bytes, expected) => {
    expect(await rawExchange(proxy, bytes)).toMatch(expected)
    expect(origin.seen).toEqual([])
    expect(audit).toMatchObject([{ outcome: 'refused' }])
  })
  test('the agent reads what is allowed, without any secret', async () => {
    const reply = await rawExchange(proxy, 'GET http://_egress.local/allowlist HTTP/1.1\r\nHost: _egress.local\r\n\r\n')
    expect(reply).toContain('"host":"api.test"')
    expect(reply).not.toContain(TOKEN)
    expect(reply).not.toContain('"API"')
  })
})

describe('egress itself', () => {
  test('answers over https under its own name, as a control that the authority is trusted', async () => {
    const reply = await insideTunnel(
      proxy,
      guestCa,
      '_egress.local:443',
      'GET /allowlist HTTP/1.1\r\nHost: _egress.local\r\n\r\n',
    )
    expect(reply).toContain('"host":"api.test"')
  })
  test('also while everything is frozen', async () => {
    egress.use(table({}, { frozen: true }))
    const reply = await rawExchange(proxy, 'GET http://_egress.local/allowlist HTTP/1.1\r\nHost: _egress.local\r\n\r\n')
    expect(reply).toContain('"frozen":true')
  })
  test('tries a text against the scan without sending it anywhere', async () => {
    const post = 'POST http://_egress.local/scan HTTP/1.1\r\nHost: _egress.local\r\nContent-Length: 5\r\n\r\nhello'
    expect(await rawExchange(proxy, post)).toMatch(/^HTTP\/1.1 204/)
    expect(origin.seen).toEqual([])
  })
})

describe('an answer', () => {
  test.each([
    ['in its body', (response: ServerResponse) => response.end(`x${TOKEN}x`)],
    ['in a header', (response: ServerResponse) => response.setHeader('x-echo', `Bearer ${TOKEN}`).end('ok')],
    ['in base64', (response: ServerResponse) => response.end(Buffer.from(TOKEN).toString('base64'))],
    [
      'in two pieces',
      (response: ServerResponse) => {
        response.write(TOKEN.slice(0, 9))
        setTimeout(() => response.end(TOKEN.slice(9)), 30)
      },
    ],
  ])('with the injected token %s is cut', async (_, echo) => {
    answer = (_request, response) => void echo(response)
    const reply = await inside(get('/'))
    expect(reply).not.toContain(TOKEN)
    expect(reply).not.toContain(TOKEN.slice(9))
    expect(reply).not.toContain(Buffer.from(TOKEN).toString('base64'))
    expect(audit).toMatchObject([{ outcome: 'refused', rule: 'token-reflected' }])
  })
  test('that redirects is handed to the agent and not followed', async () => {
    answer = (_request, response) => response.writeHead(302, { location: 'https://evil.test/' }).end()
    expect(await inside(get('/'))).toMatch(/^HTTP\/1.1 302 .*location: https:\/\/evil.test\//s)
    expect(origin.seen).toHaveLength(1)
  })
  test('of an origin that nobody vouches for is 502', async () => {
    egress.use(table())
    await egress.close()
    const ca = await mintCa('test')
    guestCa = ca.certificate
    egress = new Egress({
      table: table(),
      tokens: new Map([['API', TOKEN]]),
      issuer: await LeafIssuer.open(ca),
      scanner: NOTHING_FOUND,
      audit: (line) => audit.push(line),
      lookup: { resolver: async () => [{ address: '127.0.0.1', family: 4 }], vet: () => true },
    })
    proxy = await egress.listen(0, '127.0.0.1')
    expect(await inside(get('/'))).toMatch(/^HTTP\/1.1 502/)
    expect(origin.seen).toEqual([])
  })
  test('of a host that resolves to a private address is 403', async () => {
    await egress.close()
    const ca = await mintCa('test')
    guestCa = ca.certificate
    egress = new Egress({
      table: table(),
      tokens: new Map([['API', TOKEN]]),
      issuer: await LeafIssuer.open(ca),
      scanner: NOTHING_FOUND,
      audit: (line) => audit.push(line),
      upstreamCa: [origin.ca],
      lookup: { resolver: async () => [{ address: '127.0.0.1', family: 4 }] },
    })
    proxy = await egress.listen(0, '127.0.0.1')
    expect(await inside(get('/'))).toMatch(/^HTTP\/1.1 403 .*private-address/s)
    expect(origin.seen).toEqual([])
    expect(audit).toMatchObject([{ rule: 'private-address' }])
  })
})

describe('a change of the table', () => {
  test('cuts live tunnels to what it no longer allows', async () => {
    const tunnel = await openTunnel(proxy, at())
    if (typeof tunnel === 'string') throw new Error(tunnel)
    const closed = new Promise((resolve) => tunnel.once('close', resolve))
    egress.use(table({}, { frozen: true }))
    await closed
    expect(await openTunnel(proxy, at())).toMatch(/frozen/)
    egress.use(table())
    expect(await inside(get('/'))).toMatch(/^HTTP\/1.1 200/)
  })
})
