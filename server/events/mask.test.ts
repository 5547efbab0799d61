import { expect, test } from 'vitest'
import type { BottleEvent } from '../contract/events.ts'
import { SecretMask } from './mask.ts'

function masking(...values: string[]) {
  const mask = new SecretMask()
  mask.add(values)
  return mask
}

const secret = 'p@ss "word"/+=1234567'

test.for([
  ['as it is', (value: string) => value],
  ['in JSON', (value: string) => JSON.stringify({ token: value })],
  ['in a URL', (value: string) => `https://host/?t=${encodeURIComponent(value)}&x=1`],
  [
    'in a URL, with small hex digits',
    (value: string) => encodeURIComponent(value).replace(/%../g, (c) => c.toLowerCase()),
  ],
  ['in a form', (value: string) => new URLSearchParams({ t: value }).toString()],
  ['in base64', (value: string) => Buffer.from(value).toString('base64')],
  ['in base64 after a user name', (value: string) => Buffer.from(`user:${value}`).toString('base64')],
  ['in base64 after another', (value: string) => Buffer.from(`ab:${value}:tail`).toString('base64')],
  ['in base64url', (value: string) => Buffer.from(`a${value}`).toString('base64url')],
  ['broken over two lines', (value: string) => `${value.slice(0, 9)}\n${value.slice(9)}`],
] as const)('a secret is masked %s', ([, written]) => {
  const text = `before ${written(secret)} after`
  const masked = masking(secret).text(text)
  expect(masked).toContain('•••')
  expect(masked.startsWith('before ') && masked.endsWith(' after')).toBe(true)
  for (const piece of [secret.slice(0, 8), secret.slice(-8), Buffer.from(secret.slice(3, 12)).toString('base64')]) {
    expect(masked).not.toContain(piece)
  }
  expect(masked.split('\n').length).toBe(text.split('\n').length)
})

test('of two secrets that begin alike the longer one is masked whole', () => {
  expect(masking('token-abc', 'token-abc-def').text('x token-abc-def y token-abc z')).toBe('x ••• y ••• z')
})

test('each line of a key is masked, also alone', () => {
  const key = '-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA\nq1w2e3r4t5y6u7i8\n-----END KEY-----\n'
  const mask = masking(key)
  expect(mask.text(`key: ${key}`)).not.toMatch(/MIIE|q1w2/)
  expect(mask.text('line: q1w2e3r4t5y6u7i8')).toBe('line: •••')
})

test('a short secret is masked where it stands alone, and other words stay', () => {
  expect(masking('42').text('PIN=42, 1420 of 42.')).toBe('PIN=•••, 1420 of •••.')
})

test('without secrets, and with blank ones, a text stays as it is', () => {
  expect(masking().text('text')).toBe('text')
  expect(masking('', '  ', '\n').text('a b  c')).toBe('a b  c')
})

test('every text of an event is masked and no fixed word', () => {
  const event: BottleEvent = {
    type: 'step-failed',
    step: 'agent',
    message: 'no agent s3cret',
    hint: 'try s3cret',
    durationMs: 1,
  }
  expect(masking('s3cret', 'agent').event(event)).toEqual({
    type: 'step-failed',
    step: 'agent',
    message: 'no ••• •••',
    hint: 'try •••',
    durationMs: 1,
  })
})

test('the beginning of a secret at the end of an unfinished line is not shown', () => {
  const event: BottleEvent = { type: 'output', step: 'agent', stream: 'stdout', text: 'token=hunter', partial: true }
  expect(masking('hunter2hunter2').event(event)).toMatchObject({ text: 'token=•••' })
})

test('a secret full of special characters is masked and no pattern', () => {
  expect(masking('a.*b[c]$^(d)|\\').text('a.*b[c]$^(d)|\\ axxb')).toBe('••• axxb')
})
