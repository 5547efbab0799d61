import { beforeAll, expect, test } from 'vitest'
import type { Act } from '../guest.ts'
import { route } from '../route.ts'
import { NAMES, type SceneOf } from '../scene.ts'

const LF = '\r\n'

/** Rows 13–20, 23, 25, 26 and the headers of 28: what is said in a tunnel is for the host it was opened to. */
export function requests(scene: SceneOf): void {
  const bottle = () => scene().bottle
  const origin = () => bottle().around.origin
  const evil = () => bottle().around.evil
  const evilAt = () => `evil.test:${evil().port}`
  beforeAll(() => bottle().routes([route('origin.test', { ports: [origin().port] })], NAMES))

  const inside = (...lines: string[]): Act & { kind: 'tunnel' } => {
    const at = bottle().at()
    return { kind: 'tunnel', to: at, send: `${lines.join(LF).replaceAll('HERE', at)}${LF}${LF}` }
  }

  test.each<[promise: string, act: () => Act, reply: RegExp, rule: string]>([
    ['13 another name in TLS', () => ({ ...inside(''), servername: 'evil.test' }), /^\(/, 'host-mismatch'],
    ['14 another name in Host', () => inside('GET / HTTP/1.1', 'Host: evil.test'), /^HTTP\/1.1 421 /, 'host-mismatch'],
    [
      '15 two Hosts',
      () => inside('GET / HTTP/1.1', 'Host: HERE', 'Host: evil.test'),
      /^HTTP\/1.1 400 /,
      'host-mismatch',
    ],
    [
      '16 an absolute target',
      () => inside(`GET https://${evilAt()}/ HTTP/1.1`, 'Host: HERE'),
      /^HTTP\/1.1 400 /,
      'malformed',
    ],
    [
      '16 CONNECT inside CONNECT',
      () => inside(`CONNECT ${evilAt()} HTTP/1.1`, 'Host: HERE'),
      /^HTTP\/1.1 405 /,
      'method',
    ],
    ['17 SSH in CONNECT', () => ({ ...inside('SSH-2.0-x'), plain: true }), /^\(closed\)$/, 'not-tls'],
    ['18 HTTP/2 by prior knowledge', () => inside('PRI * HTTP/2.0', '', 'SM'), /^HTTP\/1.1 400 /, 'malformed'],
    [
      '18 an upgrade to h2c',
      () => inside('GET / HTTP/1.1', 'Host: HERE', 'Connection: Upgrade', 'Upgrade: h2c'),
      /^HTTP\/1.1 403 /,
      'websocket',
    ],
    ['19 SOCKS', () => ({ kind: 'proxy', send: '\x05\x01\x00' }), /^HTTP\/1.1 400 |^\(closed\)$/, 'malformed'],
    [
      '20 a body of two lengths',
      () => inside('POST / HTTP/1.1', 'Host: HERE', 'Content-Length: 4', 'Transfer-Encoding: chunked', '', '0'),
      /^HTTP\/1.1 400 /,
      'malformed',
    ],
    [
      '20 two lengths of a body',
      () => inside('POST / HTTP/1.1', 'Host: HERE', 'Content-Length: 4', 'Content-Length: 5', '', 'abcd'),
      /^HTTP\/1.1 400 /,
      'malformed',
    ],
    [
      '20 a folded header',
      () => inside('GET / HTTP/1.1', 'Host: HERE', 'X-A: 1', ' Host: evil.test'),
      /^HTTP\/1.1 400 /,
      'malformed',
    ],
    [
      '20 plain HTTP to a host that is not listed',
      () => ({ kind: 'proxy', send: `GET http://evil.test/ HTTP/1.1${LF}Host: evil.test${LF}${LF}` }),
      /^HTTP\/1.1 403 /,
      'not-listed',
    ],
    [
      '20 plain HTTP to a port for TLS',
      () => ({ kind: 'proxy', send: `GET http://${evilAt()}/ HTTP/1.1${LF}Host: ${evilAt()}${LF}${LF}` }),
      /^HTTP\/1.1 403 /,
      'not-tls',
    ],
    ['25 TRACE', () => inside('TRACE / HTTP/1.1', 'Host: HERE'), /^HTTP\/1.1 405 /, 'method'],
    [
      '26 a WebSocket without leave',
      () =>
        inside(
          'GET / HTTP/1.1',
          'Host: HERE',
          'Connection: Upgrade',
          'Upgrade: websocket',
          'Sec-WebSocket-Version: 13',
          'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
        ),
      /^HTTP\/1.1 403 /,
      'websocket',
    ],
    [
      '28 a header of 100 KB',
      () => inside('GET / HTTP/1.1', 'Host: HERE', `X-A: ${'a'.repeat(100_000)}`),
      /^HTTP\/1.1 4(00|31) |^\(/,
      'too-large',
    ],
  ])('%s is refused, and nothing arrives', async (_, act, reply, rule) => {
    const outcome = await bottle().attack(act())
    expect(outcome.reply).toMatch(reply)
    expect(outcome.arrived).toEqual([])
    expect(outcome.audit).toMatchObject([{ outcome: 'refused', rule }])
  })

  test('20 a second request behind the first is judged by itself', async () => {
    const both = inside('GET /first HTTP/1.1', 'Host: HERE', '', 'GET /second HTTP/1.1', 'Host: evil.test')
    const { arrived, audit } = await bottle().attack(both, { lines: 2 })
    expect(arrived.map(({ url }) => url)).toEqual(['/first'])
    // Told as they are over, so the refused one may come first.
    expect(audit.map(({ rule }) => rule).sort()).toEqual(['host-mismatch', undefined])
  })
  test('23 a redirect is not followed by egress, and judged anew when the client follows it', async () => {
    origin().answer = (request, response) =>
      void response.writeHead(request.url === '/away' ? 302 : 200, { location: `https://${evilAt()}/` }).end()
    const { reply, arrived } = await bottle().attack(bottle().request('origin.test', 'GET /away'))
    expect(reply).toMatch(/^HTTP\/1.1 302 /)
    expect(arrived).toHaveLength(1)
    const following = `curl -sL -m 10 -o /dev/null -w '%{http_connect}' https://${bottle().at()}/away`
    expect((await bottle().sh(following)).stdout).toBe('403')
    expect(evil().connected).toEqual([])
    const last = await bottle().attack({ kind: 'tunnel', to: evilAt(), send: '' }, { lines: null })
    expect(last.audit.at(-1)).toMatchObject({ outcome: 'refused', rule: 'not-listed' })
  })
  test('25 a method is not exchanged by a header', async () => {
    const names = ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override']
    const headers = [...names.map((name) => `${name}: DELETE`), 'X-Other: passes']
    const { arrived } = await bottle().attack(bottle().request('origin.test', 'POST /x', headers))
    const sent = arrived[0]!.rawHeaders.join().toLowerCase()
    expect(sent, 'the control: another header does arrive').toContain('x-other')
    expect(sent).not.toMatch(/x-http-method|x-method/)
  })
}
