import { randomBytes } from 'node:crypto'
import { deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Outbound } from '../egress/scanning.ts'
import { KnownValues } from './known-values.ts'
import { SampledSearch } from './sampled-search.ts'
import { findingsIn, scanOutbound } from './scan.ts'
import { SHAPES } from './shapes.ts'

const SECRET = 'sk-ant-oat01-Zq8vR2nXw5Yt7Lk3Jh9Gf4Ds6Pa1Ub0Ce_mKoQiTzWx-VyNrB'
const known = new KnownValues([{ name: 'API', value: SECRET }])
const bytes = Buffer.from(SECRET)
const b64 = (value: Buffer | string) => Buffer.from(value).toString('base64')
const percent = (text: string) =>
  [...text].map((char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')
const entities = (text: string) => [...text].map((char) => `&#${char.charCodeAt(0)};`).join('')
const unicode = (text: string) =>
  [...text].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')

/** Ways of writing a secret so that a plain look misses it. */
const DISGUISES: Record<string, (text: string) => string> = {
  plain: (text) => text,
  'glued to letters': (text) => `x${text}x`,
  JSON: (text) => JSON.stringify({ a: [{ b: text }] }),
  '\\u escapes': (text) => `{"a":"${unicode(text)}"}`,
  percent,
  'percent, twice': (text) => percent(text).replaceAll('%', '%25'),
  base64: b64,
  base64url: (text) => Buffer.from(text).toString('base64url'),
  'base64 behind one byte': (text) => b64(`a${text}`),
  'base64 behind two bytes': (text) => b64(`ab${text}`),
  'base64, twice': (text) => b64(b64(text)),
  'base64 in lines': (text) => b64(`${text}\n`).replace(/(.{20})/g, '$1\r\n'),
  hex: (text) => Buffer.from(text).toString('hex'),
  HEX: (text) => Buffer.from(text).toString('hex').toUpperCase(),
  'hex in base64': (text) => b64(Buffer.from(text).toString('hex')),
  gzip: (text) => gzipSync(text).toString('latin1'),
  'gzip in base64': (text) => b64(gzipSync(text)),
  'deflate in base64': (text) => b64(deflateSync(text)),
  'HTML entities': entities,
  'UTF-16': (text) => Buffer.from(text, 'utf16le').toString('latin1'),
}
/** These need the value to be known. */
const SPLITS: Record<string, (text: string) => string> = {
  spaced: (text) => [...text].join(' '),
  dashed: (text) => text.replace(/(.{5})/g, '$1-'),
  'in lines': (text) => text.replace(/(.{7})/g, '$1\n'),
  reversed: (text) => [...text].reverse().join(''),
  'a third of it': (text) => text.slice(20, 45),
}

describe('a known value', () => {
  test.each(Object.entries({ ...DISGUISES, ...SPLITS }))('is found: %s', (_, disguise) => {
    const text = disguise(SECRET)
    const inContext = text.charCodeAt(0) === 0x1f ? text : `key=${text}&z=1`
    expect([...findingsIn(inContext, known, ['known_secrets'])]).toEqual(['API'])
  })
  test('is not found in its public beginning, nor in text that is like it', () => {
    for (const text of [
      'sk-ant-oat01-',
      'sk-ant-oat01-AAAA',
      'abcdefghijklmnopqrstuvwxyz0123456789',
      b64('hello world, hello'),
    ]) {
      expect([...findingsIn(text, known, ['known_secrets'])]).toEqual([])
    }
  })
  test('is not found in a megabyte of random data', () => {
    expect([...findingsIn(randomBytes(1_000_000).toString('base64'), known, ['known_secrets'])]).toEqual([])
  })
})

const made = (id: string): string | null => {
  const random = (alphabet: string, length: number) =>
    Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join('')
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  const samples: Record<string, string> = {
    'anthropic-key': `sk-ant-api03-${random(letters, 93)}AA`,
    'openai-project-key': `sk-proj-${random(letters, 60)}`,
    'github-token': `ghp_${random(letters, 36)}`,
    'github-fine-grained': `github_pat_${random(letters, 22)}_${random(letters, 59)}`,
    'aws-access-key': `AKIA${random('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}`,
    'aws-secret-key': `aws_secret_access_key = ${random(letters, 40)}`,
    'slack-bot': `xoxb-${random('0123456789', 12)}-${random(letters, 24)}`,
    'stripe-secret': `sk_live_${random(letters, 24)}`,
    'npm-token': `npm_${random(letters, 36)}`,
    'google-api-key': `AIza${random(letters, 35)}`,
    'gitlab-token': `glpat-${random(letters, 20)}`,
    'private-key': `-----BEGIN OPENSSH PRIVATE KEY-----\n${random(letters, 70)}\n${random(letters, 70)}\n`,
    'json-web-token': `eyJ${random(letters, 30)}.eyJ${random(letters, 60)}.${random(letters, 43)}`,
  }
  return samples[id] ?? null
}
const NOTHING = new KnownValues([])

describe('the shape of a token that nobody told us', () => {
  const ids = [...new Set(SHAPES.map(({ id }) => id))].filter((id) => made(id) !== null)
  for (const [name, disguise] of Object.entries(DISGUISES)) {
    test(`is found: ${name}`, () => {
      const missed = ids.filter((id) => !findingsIn(disguise(made(id)!), NOTHING, []).has(id))
      expect(missed).toEqual([])
    })
  }
  test('is not found in the example key of the documentation', () => {
    expect([...findingsIn('AKIAIOSFODNN7EXAMPLE', NOTHING, [])]).toEqual([])
  })
  test('costs linear time on text made to be slow', () => {
    const text = 'sk-ant-'.repeat(100_000) + 'eyJ'.repeat(100_000)
    expect([...findingsIn(text, NOTHING, [])]).toEqual([])
  })
})

test('detectors can be chosen one by one', () => {
  const text = `${SECRET} ghp_${'aB3'.repeat(12)} ${randomBytes(40).toString('base64')}`
  expect([...findingsIn(text, known, ['known_secrets'])]).toEqual(['API'])
  expect([...findingsIn(text, known, ['github-token'])]).toEqual(['github-token'])
  expect([...findingsIn(text, NOTHING, ['high_entropy'])]).toEqual(['high_entropy'])
  expect([...findingsIn('a sentence, and another one', NOTHING, ['high_entropy'])]).toEqual([])
})

describe('a request', () => {
  const request = (more: Partial<Outbound> = {}): Outbound => ({
    host: 'api.test',
    path: '/v1',
    query: '',
    headers: ['accept', '*/*'],
    body: null,
    encoding: null,
    ...more,
  })
  test.each([
    ['host', { host: `${SECRET.slice(20, 40).toLowerCase()}${SECRET.slice(20, 45)}.test` }],
    ['path', { path: `/v1/${b64(bytes)}` }],
    ['query', { query: `?q=${percent(SECRET)}` }],
    ['header', { headers: ['x-data', SECRET] }],
    ['header', { headers: [SECRET, 'x'] }],
    ['body', { body: bytes }],
    ['body', { body: gzipSync(bytes), encoding: 'gzip' }],
  ] as const)('is looked at in its %s', (where, more) => {
    const { findings } = scanOutbound(request(more as Partial<Outbound>), known, [], false)
    expect(findings).toContainEqual({ detector: 'API', where })
  })
  test('in an unknown coding, or a bomb of one, is refused', () => {
    for (const more of [
      { body: bytes, encoding: 'zstd' },
      { body: bytes, encoding: 'gzip' },
      { body: gzipSync(Buffer.alloc(50_000_000)), encoding: 'gzip' },
    ]) {
      expect(() => scanOutbound(request(more), known, [], false)).toThrow('cannot be scanned')
    }
  })
  test('is redacted where the value stands plainly or in one coding', () => {
    const body = Buffer.from(
      JSON.stringify({ a: SECRET, b: b64(SECRET), c: 'ghp_abcdefghijklmnopqrstuvwxyz0123456789' }),
    )
    const { redacted } = scanOutbound(request({ body, headers: ['x-a', SECRET] }), known, [], true)
    expect(redacted?.body?.toString()).not.toContain(SECRET.slice(20, 40))
    expect(redacted?.body?.toString()).not.toContain('ghp_a')
    expect(redacted?.headers).toEqual(['x-a', '[redacted-by-bot-bottle]'])
    expect(JSON.parse(redacted!.body!.toString())).toBeDefined()
  })
  test('that redaction does not reach is not passed off as cleaned', () => {
    const body = Buffer.from(b64(gzipSync(SECRET)))
    const verdict = scanOutbound(request({ body }), known, [], true)
    expect(verdict.findings.length).toBeGreaterThan(0)
    expect(verdict.redacted).toBeUndefined()
  })
})

test('pieces are found where indexOf finds them, in random strings', () => {
  for (let round = 0; round < 200; round++) {
    const alphabet = round % 2 === 0 ? 4 : 256
    const random = (length: number) => Buffer.from(randomBytes(length).map((byte) => byte % alphabet))
    const texts = Array.from({ length: 8 }, (_, i) => ({ bytes: random(5 + (round % 5) + i), enough: 5 + (i % 2) }))
    const stream = Buffer.concat([random(200), texts[round % 8]!.bytes.subarray(0, 5 + (round % 2)), random(200)])
    const stands = ({ bytes, enough }: (typeof texts)[number]) =>
      Array.from({ length: bytes.length - enough + 1 }, (_, at) => bytes.subarray(at, at + enough)).some(
        (piece) => (bytes.length === enough || new Set(piece).size >= enough / 2) && stream.includes(piece),
      )
    const found = new SampledSearch(texts).search(stream)
    // Of two that share a piece the first is told.
    for (const i of found) expect(stands(texts[i]!)).toBe(true)
    expect(found.size > 0).toBe(texts.some(stands))
  }
})

describe('a long value, such as the login of ChatGPT', () => {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const long = (length: number) => Array.from(randomBytes(length), (byte) => letters[byte % 64]).join('')
  const values = Array.from({ length: 10 }, (_, i) => ({
    name: `LOGIN${i}`,
    value: `eyJhbGciOiJSUzI1NiJ9.${long(1200)}`,
  }))
  const logins = new KnownValues(values)

  test('is found by any piece, in any disguise', () => {
    for (const { name, value } of values) {
      for (const at of [25, 600, value.length - 30]) {
        const piece = value.slice(at, at + 30)
        for (const disguise of Object.values({ ...DISGUISES, ...SPLITS, 'a third of it': (text: string) => text })) {
          expect([...findingsIn(disguise(piece), logins, ['known_secrets'])]).toEqual([name])
        }
      }
    }
    expect([...findingsIn(long(200_000), logins, ['known_secrets'])]).toEqual([])
  })
  test('costs no more than its length, and no more than a bound', () => {
    const windows = (length: number) => new KnownValues([{ name: 'ONE', value: long(length) }]).windows
    expect(windows(2400)).toBeLessThan(windows(1200) * 2.2)
    expect(logins.windows).toBeLessThan(10 * 1250 * 25)
    expect(windows(80_000)).toBeLessThan(windows(20_000) * 1.5)
  })
  test('is found past that bound too, by larger pieces', () => {
    const value = long(60_000)
    const huge = new KnownValues([{ name: 'HUGE', value }])
    for (const at of [0, 23_457, 59_950]) {
      expect([...findingsIn(`x=${value.slice(at, at + 50)}`, huge, ['known_secrets'])]).toEqual(['HUGE'])
    }
  })
})

describe('a short value that is shared out', () => {
  const value = 'k7Qp2vXw9ZrT4mLc8NyB'
  const short = new KnownValues([{ name: 'SHORT', value }])
  const found = (text: string) => [...findingsIn(text, short, ['known_secrets'])]
  const [first, second] = [value.slice(0, 10), value.slice(10)]
  test.each([
    ['values of an object', JSON.stringify({ first, more: { second } })],
    ['values of an object, each in base64', JSON.stringify({ first: b64(`a: ${first}`), second: b64(`b: ${second}`) })],
    ['a form', `first=${first}&second=${second}`],
    ['headers', `x-one: ${second}\nx-two: ${first}\n`],
  ])('over %s is found', (_, text) => {
    expect(found(text)).toEqual(['SHORT'])
    expect(found(text.replace(first, '').replace(b64(`a: ${first}`), ''))).toEqual([])
  })
  test('is not found in words that it holds', () => {
    const words = new KnownValues([{ name: 'WORDS', value: 'database-production-password' }])
    expect([...findingsIn('the password of the database in production', words, ['known_secrets'])]).toEqual([])
  })
})
