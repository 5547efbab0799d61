import { expect, test } from 'vitest'
import { type EnvError, parseEnv } from './env.ts'

const parse = (variables: Record<string, string>, argv: string[] = []) => parseEnv(variables as NodeJS.ProcessEnv, argv)
const problems = (variables: Record<string, string>, argv: string[] = []): readonly string[] => {
  try {
    parse(variables, argv)
    return []
  } catch (error) {
    return (error as EnvError).problems
  }
}

test('with nothing set the server is on localhost:4747, for production, with its home in the user’s', () => {
  expect(parse({})).toMatchObject({ dev: false, port: 4747, host: '127.0.0.1', token: null, logLevel: 'info' })
  expect(parse({}).home).toMatch(/\/\.bot-bottle$/)
  expect(parse({}).cache).toMatch(/\/\.cache\/bot-bottle$/)
})

test('an empty variable is one that is not set', () => {
  expect(parse({ BOT_BOTTLE_PORT: '', BOT_BOTTLE_HOST: '', BOT_BOTTLE_TOKEN: '' })).toMatchObject({
    port: 4747,
    token: null,
  })
})

test('--dev and NODE_ENV choose development', () => {
  expect(parse({}, ['--dev']).dev).toBe(true)
  expect(parse({ NODE_ENV: 'development' }).dev).toBe(true)
  expect(parse({ NODE_ENV: 'test' }).dev).toBe(false)
})

test.each(['0.0.0.0', '::', '192.168.1.5', 'devbox.lan', '127.example.org'])('%s needs a token', (host) => {
  expect(problems({ BOT_BOTTLE_HOST: host })).toEqual([expect.stringContaining('Set BOT_BOTTLE_TOKEN')])
  expect(parse({ BOT_BOTTLE_HOST: host, BOT_BOTTLE_TOKEN: 'x'.repeat(20) }).host).toBe(host)
})

test.each(['127.0.0.1', '127.8.9.1', '::1', 'localhost'])('%s needs none', (host) => {
  expect(parse({ BOT_BOTTLE_HOST: host }).host).toBe(host)
})

test.each(['abc', '70000', '-1', '80.5'])('port %s is refused by name', (port) => {
  expect(problems({ BOT_BOTTLE_PORT: port })[0]).toContain('BOT_BOTTLE_PORT')
})

test('every problem is told at once, and a secret in none', () => {
  const told = problems({ BOT_BOTTLE_PORT: 'x', BOT_BOTTLE_TOKEN: 'too-short', BOT_BOTTLE_LOG: 'loud' }, ['--what'])
  expect(told).toHaveLength(4)
  expect(told.join()).not.toContain('too-short')
})

test('the extra authorities come from our variable, else from the ones that other programs use', () => {
  const all = { BOT_BOTTLE_EXTRA_CA: '/a', NODE_EXTRA_CA_CERTS: '/b', SSL_CERT_FILE: '/c' }
  expect(parse(all).extraCa).toBe('/a')
  expect(parse({ ...all, BOT_BOTTLE_EXTRA_CA: '' }).extraCa).toBe('/b')
  expect(parse({ SSL_CERT_FILE: '/c' }).extraCa).toBe('/c')
})
