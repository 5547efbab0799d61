import { gzipSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import { route } from '../route.ts'
import { NAMES, type SceneOf, TOKENS } from '../scene.ts'

const TOKEN = TOKENS.API
const base64 = (text: string) => Buffer.from(text).toString('base64')
const latin1 = (bytes: Buffer) => bytes.toString('latin1')

/** Rows 29, 30 and 34: the real token is added on the way out, where it belongs, and does not come back. */
export function credentials(scene: SceneOf): void {
  const bottle = () => scene().bottle
  const origin = () => bottle().around.origin
  beforeAll(() => {
    const ports = [origin().port]
    const auth = { scheme: 'Bearer', header: 'authorization', slot: 'API' } as const
    const messages = [{ paths: [{ type: 'prefix' as const, value: '/v1/messages' }], methods: ['POST'] }]
    const narrow = route('narrow.test', { ports, auth, matches: messages })
    return bottle().routes([route('origin.test', { ports, auth }), narrow], NAMES)
  })
  const sent = (rawHeaders: readonly string[], name: string) =>
    rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]!.toLowerCase() === name)

  test.each<[promise: string, headers: string[]]>([
    ['alone', ['Authorization: Bearer mine']],
    ['twice', ['Authorization: Bearer mine', 'authorization: Basic mine']],
    ['named by Connection', ['Authorization: Bearer mine', 'Connection: authorization']],
    ['as a key, a cookie and for the proxy', ['X-Api-Key: mine', 'Cookie: a=mine', 'Proxy-Authorization: mine']],
  ])('29 a credential that the agent sends %s goes no further; ours does', async (_, headers) => {
    const { reply, arrived, audit } = await bottle().attack(bottle().request('origin.test', 'GET /', headers))
    expect(reply).toMatch(/^HTTP\/1.1 200 /)
    expect(sent(arrived[0]!.rawHeaders, 'authorization')).toEqual([`Bearer ${TOKEN}`])
    expect(JSON.stringify(arrived)).not.toContain('mine')
    expect(audit).toMatchObject([{ outcome: 'allowed', slot: 'API' }])
  })
  test('29 nor does one in a trailer', async () => {
    const to = bottle().at()
    const head = `POST / HTTP/1.1\r\nHost: ${to}\r\nConnection: close\r\nTransfer-Encoding: chunked`
    const send = `${head}\r\nTrailer: Authorization\r\n\r\n2\r\nhi\r\n0\r\nAuthorization: Bearer mine\r\n\r\n`
    const { arrived } = await bottle().attack({ kind: 'tunnel', to, send })
    expect(arrived).toMatchObject([{ body: 'hi' }])
    expect(JSON.stringify(arrived)).not.toContain('mine')
  })

  const echo = (of: (value: string) => { headers?: Record<string, string>; body: string }, value: string) => {
    origin().answer = (request, response) => {
      if (request.url?.startsWith('/control')) return void response.end('ok')
      const { headers = {}, body } = of(value)
      response.writeHead(200, headers).end(Buffer.from(body, 'latin1'))
    }
  }
  test.each<[promise: string, of: (value: string) => { headers?: Record<string, string>; body: string }]>([
    ['in its body', (value) => ({ body: `<${value}>` })],
    ['in base64', (value) => ({ body: base64(value) })],
    ['in hex', (value) => ({ body: Buffer.from(value).toString('hex') })],
    ['in a header', (value) => ({ headers: { 'x-echo': value }, body: '' })],
    ['in a redirect', (value) => ({ headers: { location: `https://evil.test/${value}` }, body: '' })],
    ['compressed', (value) => ({ headers: { 'content-encoding': 'gzip' }, body: latin1(gzipSync(value)) })],
  ])('30 an answer with the token %s is cut', async (way, of) => {
    const ask = bottle().request('origin.test', 'GET /echo')
    if (way !== 'compressed') {
      // An answer in a coding that nobody asked for is refused, whatever is in it.
      echo(of, 'innocent-'.repeat(6))
      expect((await bottle().attack(ask)).audit, 'the control').toMatchObject([{ outcome: 'allowed' }])
      origin().forget()
    }
    echo(of, TOKEN)
    const { reply, arrived, audit } = await bottle().attack(ask)
    expect(arrived).toHaveLength(1)
    for (const form of [TOKEN, base64(TOKEN).slice(0, 40), Buffer.from(TOKEN).toString('hex').slice(0, 40)])
      expect(reply).not.toContain(form)
    expect(audit).toMatchObject([{ outcome: 'refused' }])
  })

  test.each<[promise: string, method: string, target: string]>([
    ['another path', 'POST', '/v1/organizations/keys'],
    ['another method', 'DELETE', '/v1/messages/1'],
    ['a look-alike path', 'POST', '/v1/messagesx'],
  ])('34 the token is not used for %s of an allowed host', async (_, method, target) => {
    const { reply, arrived, audit } = await bottle().attack(bottle().request('narrow.test', `${method} ${target}`))
    expect(reply).toMatch(/^HTTP\/1.1 403 /)
    expect(arrived).toEqual([])
    expect(audit).toMatchObject([{ outcome: 'refused', rule: 'no-match' }])
    expect(audit[0]?.slot).toBeUndefined()
  })
  test('34 where it is meant to be used, it is', async () => {
    const { arrived } = await bottle().attack(bottle().request('narrow.test', 'POST /v1/messages'))
    expect(sent(arrived[0]!.rawHeaders, 'authorization')).toEqual([`Bearer ${TOKEN}`])
  })
}
