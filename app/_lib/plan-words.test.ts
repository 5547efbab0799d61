import { expect, test } from 'vitest'
import { credentialWords, headerWords, keyWords, limitWords, methodWords, pathWords, scanWords } from './plan-words'

test('limits', () => {
  expect(limitWords({ cpus: 1, memory: '4g', pids: 512, disk: null })).toBe(
    '1 CPU · 4g of memory · 512 processes · disk not limited',
  )
  const size = { cpus: 2, memoryMiB: 4096, storageGiB: 20, overlayGiB: null }
  expect(limitWords({ cpus: 1.6, memory: '4g', pids: 512, disk: null }, size)).toBe(
    '2 CPUs · 4g of memory · 512 processes · 20 GiB of disk, smolvm’s default',
  )
  expect(limitWords({ cpus: 2, memory: '4g', pids: 512, disk: '2500m' }, { ...size, storageGiB: 3 })).toContain(
    '3 GiB for each of its two disks',
  )
})

test('what a route matches', () => {
  expect(methodWords(undefined)).toBe('any')
  expect(methodWords({ methods: ['GET', 'HEAD'] })).toBe('GET HEAD')
  expect(pathWords({ methods: ['GET'] })).toEqual(['any'])
  expect(
    pathWords({
      paths: [
        { type: 'prefix', value: '/repos/' },
        { type: 'exact', value: '/user' },
        { type: 'regex', value: '^/v1/' },
      ],
    }),
  ).toEqual(['/repos/*', '/user', '~ ^/v1/'])
  expect(headerWords({ headers: [{ name: 'X-Env', value: 'preview', type: 'exact' }] })).toEqual(['X-Env: preview'])
})

test('a credential is told by its source and never by a value', () => {
  const slots = [
    { slot: 'a', source: { kind: 'host-env', name: 'GITHUB_TOKEN' } },
    { slot: 'b', source: { kind: 'host-login', provider: 'codex', file: '~/.codex/auth.json' } },
  ] as const
  expect(credentialWords(null, slots)).toBe('none')
  expect(credentialWords({ scheme: 'Bearer', header: 'authorization', slot: 'a' }, slots)).toBe(
    'Bearer from $GITHUB_TOKEN',
  )
  expect(credentialWords({ scheme: 'header', header: 'x-api-key', slot: 'b' }, slots)).toBe(
    'x-api-key from your codex login',
  )
})

test('scan and keys', () => {
  expect(scanWords({ outbound: ['token_patterns'], inbound: false, onMatch: 'supervise' })).toEqual([
    'token_patterns, a hit asks you',
    'inbound off',
  ])
  expect(scanWords({ outbound: false, inbound: [], onMatch: 'block' })).toEqual(['outbound off'])
  expect(scanWords({ outbound: false, inbound: ['prompt_injection'], onMatch: 'block', onInbound: 'block' })).toEqual([
    'outbound off',
    'inbound prompt_injection, a hit cuts the answer',
  ])
  expect(keyWords({ provider: 'github', forge_token_env: 'GITHUB_TOKEN' })).toBe(
    'deploy key made at github with $GITHUB_TOKEN, revoked at stop',
  )
})
