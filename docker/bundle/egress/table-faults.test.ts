import { describe, expect, test } from 'vitest'
import { compileTable, routeMatches } from './table.ts'

const HOST = 'api.test'
const table = (route: object = {}) =>
  compileTable(
    JSON.stringify({
      version: 1,
      log: 1,
      resolve: {},
      routes: [
        {
          host: HOST,
          ports: [443],
          origin: { kind: 'bottle', name: 'b' },
          auth: null,
          matches: [],
          gitFetch: false,
          scan: { outbound: [], inbound: [], onMatch: 'block' },
          ...route,
        },
      ],
    }),
  )
const regex = (value: string) => ({ matches: [{ paths: [{ type: 'regex', value }] }] })

describe('detectors', () => {
  test.each([
    ['going out', { outbound: ['token_patterns', 'all_of_them'], inbound: [], onMatch: 'block' }],
    ['coming in', { outbound: [], inbound: ['token_patterns'], onMatch: 'block' }],
  ])('that nobody knows are refused by name, %s: they would find nothing', (_, scan) =>
    expect(() => table({ scan })).toThrow(/routes\.0\.scan\..*(all_of_them|token_patterns)/),
  )
  test('that are known are taken', () => {
    const outbound = ['token_patterns', 'known_secrets', 'high_entropy']
    expect(table({ scan: { outbound, inbound: ['prompt_injection'], onMatch: 'redact' } }).byHost.size).toBe(1)
  })
})

describe('a regex', () => {
  test.each([
    ['looks back', '/(a)\\1'],
    ['looks ahead', '/(?=a)a'],
    ['unrolls to a million states', '((a{100}){100}){100}'],
    ['unrolls to twenty thousand states', '(a{1000}){20}'],
    ['is nested five thousand deep', `${'('.repeat(5000)}a${')'.repeat(5000)}`],
    ['does not end', '/['],
  ])('that %s is refused', (_, value) => expect(() => table(regex(value))).toThrow())

  test.each([
    ['of nested repetition', '/(a+)+b'],
    ['of alternatives that overlap', '/(a|aa|a?)*b'],
    ['of many wildcards', `/${'.*'.repeat(20)}b`],
  ])('%s ends with an answer on what makes others explode', (_, value) => {
    const [route] = [...table(regex(value)).byHost.values()]
    const asks = (path: string) => routeMatches(route!, { method: 'GET', path, header: () => [] })
    expect(asks(`/${'a'.repeat(8000)}`)).toBe(false)
    expect(asks('/aab')).toBe(true)
  })
  test('is not tried on what no honest request has: it does not match', () => {
    const [route] = [...table(regex('/a+')).byHost.values()]
    const asks = (path: string) => routeMatches(route!, { method: 'GET', path, header: () => [] })
    expect(asks(`/${'a'.repeat(8000)}`)).toBe(true)
    expect(asks(`/${'a'.repeat(60_000)}`)).toBe(false)
  })
})

describe('routes that cannot be parsed', () => {
  test.each([
    ['no YAML', 'routes: [', /./],
    ['a list instead of a map', '- host: api.test', /./],
    ['bytes of something else', '\u0000\u0001\u0002', /./],
    ['a text of five megabytes', ' '.repeat(5 * 1024 * 1024), /longer than 4 MiB/],
    ['JSON that ends early', '{"version":1,', /JSON/],
    ['another version', '{"version":2,"log":1,"resolve":{},"routes":[]}', /version/],
    ['a billion laughs', 'a: &a [x,x]\nb: &b [*a,*a]\nversion: *b', /alias/i],
  ])('%s: refused with the reason', (_, text, reason) => expect(() => compileTable(text)).toThrow(reason))
})
