import { expect, test } from 'vitest'
import { PLACEHOLDER_TOKEN } from '../guest.ts'
import { codexLogin } from './host-login.ts'

const NOW = Date.UTC(2026, 10, 21)
const EXPIRES = NOW / 1000 + 3600
const jwt = (payload: object) =>
  [{ alg: 'RS256' }, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.') +
  '.c2lnbmF0dXJlLW9mLXRoZS12ZW5kb3I'
const account = {
  'https://api.openai.com/auth': { chatgpt_account_id: 'acc-1', chatgpt_plan_type: 'pro', user_id: 'u' },
}

const login = (more: object = {}, exp: number | undefined = EXPIRES) => ({
  auth_mode: 'chatgpt',
  OPENAI_API_KEY: null,
  tokens: {
    id_token: jwt({ email: 'ada@example.com', ...account }),
    access_token: jwt({ ...(exp !== undefined && { exp }), jti: 'unique', ...account }),
    refresh_token: 'rt-real-refresh-token',
    account_id: 'acc-1',
  },
  last_refresh: '2026-11-01T00:00:00Z',
  ...more,
})
const read = (value: object, now = NOW) => codexLogin(JSON.stringify(value), now)
const claims = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())

test('the guest gets a login of the same shape, account and expiry, and no part of a secret', () => {
  const host = login()
  const taken = read(host)
  if (!('token' in taken)) throw new Error(taken.message)
  expect(taken).toMatchObject({ kind: 'account', token: host.tokens.access_token, expiresAt: EXPIRES * 1000 })
  const [file] = taken.guestFiles
  expect(file).toMatchObject({ path: '/home/node/.codex/auth.json', mode: 0o600 })
  const guest = JSON.parse(file!.content)
  expect(Object.keys(guest)).toEqual(Object.keys(host))
  expect(Object.keys(guest.tokens)).toEqual(Object.keys(host.tokens))
  expect(claims(guest.tokens.access_token)).toEqual({
    exp: EXPIRES,
    'https://api.openai.com/auth': { chatgpt_plan_type: 'pro', chatgpt_account_id: 'acc-1' },
  })
  expect(guest.tokens).toMatchObject({ refresh_token: PLACEHOLDER_TOKEN, account_id: 'acc-1' })
  const { access_token, id_token, refresh_token } = host.tokens
  for (const secret of [...access_token.split('.').slice(1), ...id_token.split('.').slice(1), refresh_token, 'ada@'])
    expect(file!.content).not.toContain(secret)
})

test('codex in the guest does not take its login for an old one', () => {
  const taken = read(login())
  expect('guestFiles' in taken && JSON.parse(taken.guestFiles[0]!.content).last_refresh).toBe(
    '2026-11-21T00:00:00.000Z',
  )
})

test('an API key is forwarded as one', () => {
  const taken = read({ OPENAI_API_KEY: 'sk-real' })
  if (!('token' in taken)) throw new Error(taken.message)
  expect(taken).toMatchObject({ kind: 'api-key', token: 'sk-real', expiresAt: null })
  expect(JSON.parse(taken.guestFiles[0]!.content)).toEqual({ auth_mode: 'apikey', OPENAI_API_KEY: PLACEHOLDER_TOKEN })
})

test.each([
  ['expired', login({}, NOW / 1000 - 60), /expired \(2026-11-20 23:59 UTC\)/],
  ['about to expire', login({}, NOW / 1000 + 60), /expires in minutes/],
  ['not there', { auth_mode: 'chatgpt', OPENAI_API_KEY: null }, /not logged in/],
  ['an API key’s without a key', { auth_mode: 'apikey', OPENAI_API_KEY: null }, /not logged in/],
  ['of another shape', { tokens: ['rt-real-refresh-token'] }, /cannot be understood/],
])('a login that is %s is named, with what to run and nothing of its content', (_name, value, message) => {
  const taken = read(value)
  expect(taken).toMatchObject({ message: expect.stringMatching(message), fix: expect.stringContaining('codex login') })
  expect(JSON.stringify(taken)).not.toMatch(/real|acc-1/)
})

test('what is no JSON is not shown', () => {
  expect(codexLogin('sk-real is my key', NOW)).toMatchObject({ message: expect.not.stringContaining('sk-real') })
})
