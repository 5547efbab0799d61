import { describe, expect, test } from 'vitest'
import { TOKEN } from '../testing/egress-fixture.ts'
import { listedHost } from '../testing/listed-host.ts'
import { collect, insideTunnel, openTunnel, rawExchange, secure } from '../testing/raw-client.ts'

const world = listedHost()

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
    const reply = await openTunnel(world.running.port, authority)
    expect(reply).toMatch(/^HTTP\/1.1 (400|403) .*x-bot-bottle-refused: /s)
    expect(world.running.audit).toMatchObject([{ outcome: 'refused', method: 'CONNECT' }])
    expect(world.origin.seen).toEqual([])
  })
  test('in any case of letters reaches the listed host', async () => {
    expect(
      await insideTunnel(world.running.port, world.running.guestCa, `API.Test:${world.origin.port}`, world.get('/')),
    ).toMatch(/^HTTP\/1.1 200/)
  })
  test.each([
    ['SSH', 'SSH-2.0-x\r\n'],
    ['plain HTTP', 'GET / HTTP/1.1\r\nHost: api.test\r\n\r\n'],
    ['HTTP/2 by prior knowledge', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ])('closes on %s inside the tunnel', async (_, bytes) => {
    const tunnel = await openTunnel(world.running.port, world.at)
    if (typeof tunnel === 'string') throw new Error(tunnel)
    const reply = collect(tunnel)
    tunnel.write(bytes)
    expect(await reply).toBe('')
    expect(world.running.audit).toMatchObject([{ rule: 'not-tls' }])
  })
  test('with another name in TLS is refused at the handshake', async () => {
    const tunnel = await openTunnel(world.running.port, world.at)
    if (typeof tunnel === 'string') throw new Error(tunnel)
    await expect(secure(tunnel, world.running.guestCa, 'evil.test')).rejects.toThrow()
    expect(world.running.audit).toMatchObject([{ rule: 'host-mismatch' }])
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
    expect(await world.inside(bytes.replaceAll('HERE', world.at))).toMatch(expected)
    expect(world.origin.seen).toEqual([])
    expect(world.running.audit.map(({ outcome, rule }) => outcome === 'refused' && rule !== undefined)).toEqual([true])
  })
  test('a second request pipelined behind the first is judged by itself', async () => {
    const reply = await world.inside(
      `GET /1 HTTP/1.1\r\nHost: ${world.at}\r\n\r\nGET /2 HTTP/1.1\r\nHost: evil.test\r\n\r\n`,
    )
    expect(reply).toMatch(/^HTTP\/1.1 200/)
    expect(world.origin.seen.map(({ url }) => url)).toEqual(['/1'])
    expect(world.running.audit.map(({ rule }) => rule)).toContain('host-mismatch')
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
    expect(await rawExchange(world.running.port, bytes)).toMatch(expected)
    expect(world.origin.seen).toEqual([])
    expect(world.running.audit).toMatchObject([{ outcome: 'refused' }])
  })
  test('the agent reads what is allowed, without any secret', async () => {
    const reply = await rawExchange(
      world.running.port,
      'GET http://_egress.local/allowlist HTTP/1.1\r\nHost: _egress.local\r\n\r\n',
    )
    expect(reply).toContain('"host":"api.test"')
    expect(reply).not.toContain(TOKEN)
    expect(reply).not.toContain('"API"')
  })
})
