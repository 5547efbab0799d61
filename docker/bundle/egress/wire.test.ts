import { describe, expect, test } from 'vitest'
import { isFixableAddress, isPublicAddress, vettedLookup } from './addresses.ts'
import { connectAuthority, hostHeader } from './authority.ts'
import { upstreamHeaders } from './headers.ts'
import { Refusal } from './refusal.ts'
import { compileTable, routeFor, routeMatches } from './table.ts'
import { requestTarget } from './target.ts'

const ruleOf = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    if (error instanceof Refusal) return error.rule
    throw error
  }
  return 'allowed'
}

describe('the target of CONNECT', () => {
  test('is a plain name and a port, in lower case', () => {
    expect(connectAuthority('API.GitHub.com:443')).toEqual({ host: 'api.github.com', port: 443 })
  })
  test.each([
    '127.0.0.1:443',
    '2130706433:443',
    '0x7f.1:443',
    '127.1:443',
    '[::1]:443',
    '[::ffff:127.0.0.1]:443',
    '0x7f000001:443',
    'a.0177:443',
  ])('never is an address: %s', (raw) => expect(ruleOf(() => connectAuthority(raw))).toBe('address-literal'))
  test.each([
    'github.com',
    'github.com:',
    'github.com:0',
    'github.com:65536',
    'github.com:+443',
    'github.com.:443',
    'user@github.com:443',
    'git%68ub.com:443',
    'ｇithub.com:443',
    'github.com/:443',
    ':443',
    'a..b:443',
    'github.com :443',
    `${'a'.repeat(64)}.com:443`,
  ])('is refused in any other shape: %s', (raw) => expect(ruleOf(() => connectAuthority(raw))).toBe('malformed'))
  test('a Host header may leave its port out', () => {
    expect(hostHeader('a.example', 443)).toEqual({ host: 'a.example', port: 443 })
    expect(hostHeader('a.example:8443', 443)).toEqual({ host: 'a.example', port: 8443 })
  })
})

describe('the path of a request', () => {
  test('is matched in the form in which it is sent', () => {
    expect(requestTarget('/%7euser/%61?q=%2f', true)).toEqual({ path: '/~user/a', query: '?q=%2f' })
  })
  test.each(['/a/../b', '/a/./b', '/..', '/a/%2e%2e/b', '/%2E./b'])('has no dot segments: %s', (raw) => {
    expect(ruleOf(() => requestTarget(raw, false))).toBe('path')
  })
  test.each(['/a//b', '/a%2fb', '/a%5cb', '/a%00', '/a;x=1', '/a%252e%252e/b'])(
    'is read strictly where a route tells paths apart: %s',
    (raw) => expect(ruleOf(() => requestTarget(raw, true))).toBe('path'),
  )
  test('of a scoped package passes on a route for the whole host', () => {
    expect(requestTarget('/@scope%2fname', false).path).toBe('/@scope%2Fname')
  })
  test.each(['http://a/', '*', '', 'a', '/a b', '/a\tb', '/a\\b', '/ä', '/a#b'])('is in origin form: %j', (raw) => {
    expect(ruleOf(() => requestTarget(raw, false))).toBe('malformed')
  })
  test('has no broken escapes', () => expect(ruleOf(() => requestTarget('/a%zz', false))).toBe('path'))
})

describe('addresses', () => {
  test.each(['1.1.1.1', '140.82.112.3', '2606:4700::1111'])('%s is public', (ip) => {
    expect(isPublicAddress(ip)).toBe(true)
  })
  test.each([
    '127.0.0.1',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '168.63.129.16',
    '100.100.100.200',
    '0.0.0.0',
    '255.255.255.255',
    '224.0.0.1',
    '::1',
    '::',
    'fe80::1',
    'fd00:ec2::254',
    'fc00::1',
    '::ffff:10.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::a00:1',
    'not an address',
  ])('%s is not', (ip) => expect(isPublicAddress(ip)).toBe(false))
  test('the operator may fix a host to a private address and to nothing that leads back to the host', () => {
    expect(isFixableAddress('10.1.2.3')).toBe(true)
    for (const ip of ['127.0.0.1', '169.254.169.254', '::1', '0.0.0.0', '::ffff:127.0.0.1']) {
      expect(isFixableAddress(ip)).toBe(false)
    }
  })

  const look = (answers: readonly string[], fixed: Record<string, string> = {}) =>
    new Promise<unknown>((resolve) =>
      vettedLookup(fixed, { resolver: async () => answers.map((address) => ({ address, family: 4 })) })(
        'api.example',
        { all: true },
        (error, found) => resolve(error ? (error as unknown as Refusal).rule : found),
      ),
    )
  test('one private answer among public ones refuses all', async () => {
    expect(await look(['1.1.1.1', '10.0.0.1'])).toBe('private-address')
    expect(await look(['1.1.1.1'])).toEqual([{ address: '1.1.1.1', family: 4 }])
  })
  test('a fixed address is used without asking anybody', async () => {
    expect(await look(['1.1.1.1'], { 'api.example': '10.9.8.7' })).toEqual([{ address: '10.9.8.7', family: 4 }])
  })
})

describe('headers that go upstream', () => {
  test('lose credentials, hop-by-hop ones, those named by Connection and method overrides', () => {
    const { headers, stripped } = upstreamHeaders(
      ['Host', 'x', 'Authorization', 'Bearer a', 'authorization', 'Bearer b', 'X-Api-Key', 'k', 'Cookie', 'c=1']
        .concat([
          'Connection',
          'x-drop, keep-alive',
          'X-Drop',
          '1',
          'Keep-Alive',
          '5',
          'X-HTTP-Method-Override',
          'DELETE',
        ])
        .concat(['Accept', '*/*', 'X-Own', 'v']),
      'api.example',
      'X-Own',
    )
    expect(headers).toEqual(['host', 'api.example', 'Accept', '*/*'])
    expect(stripped).toEqual(['authorization', 'authorization', 'x-api-key', 'cookie', 'x-own'])
  })
})

describe('the table', () => {
  const route = (more: object = {}) => ({
    host: 'api.example',
    ports: [443],
    origin: { kind: 'bottle', name: 'b' },
    auth: null,
    matches: [],
    gitFetch: false,
    scan: { outbound: [], inbound: [], onMatch: 'block' },
    ...more,
  })
  const table = (...routes: object[]) => compileTable(JSON.stringify({ version: 1, log: 1, resolve: {}, routes }))
  const asks = (more: object, method: string, path: string, headers: Record<string, string> = {}) => {
    const compiled = table(route(more)).byHost.get('api.example')!
    return routeMatches(compiled, { method, path, header: (name) => (headers[name] ? [headers[name]] : []) })
  }

  test('allows only what it lists, host and port', () => {
    const compiled = table(route())
    expect(routeFor(compiled, 'api.example', 443).host).toBe('api.example')
    expect(ruleOf(() => routeFor(compiled, 'evil.example', 443))).toBe('not-listed')
    expect(ruleOf(() => routeFor(compiled, 'api.example', 8443))).toBe('port-not-listed')
    expect(ruleOf(() => routeFor(compiled, 'x.api.example', 443))).toBe('not-listed')
  })
  test('frozen refuses what it lists', () => {
    const frozen = compileTable(JSON.stringify({ version: 1, log: 1, frozen: true, resolve: {}, routes: [route()] }))
    expect(ruleOf(() => routeFor(frozen, 'api.example', 443))).toBe('frozen')
  })
  test('a prefix ends at a segment', () => {
    const more = { matches: [{ paths: [{ type: 'prefix', value: '/repos/a' }] }] }
    expect(asks(more, 'GET', '/repos/a/b')).toBe(true)
    expect(asks(more, 'GET', '/repos/a')).toBe(true)
    expect(asks(more, 'GET', '/repos/ab')).toBe(false)
  })
  test('a regex covers the whole path', () => {
    const more = { matches: [{ paths: [{ type: 'regex', value: '/v1/[a-z]+' }] }] }
    expect(asks(more, 'GET', '/v1/x')).toBe(true)
    expect(asks(more, 'GET', '/v1/x/../../admin')).toBe(false)
  })
  test('a regex that would explode elsewhere is linear here', () => {
    const more = { matches: [{ paths: [{ type: 'regex', value: '/(a+)+b' }] }] }
    expect(asks(more, 'GET', `/${'a'.repeat(5000)}c`)).toBe(false)
  })
  test('methods and headers must all fit', () => {
    const more = { matches: [{ methods: ['GET'], headers: [{ name: 'X-A', value: '1', type: 'exact' }] }] }
    expect(asks(more, 'GET', '/', { 'x-a': '1' })).toBe(true)
    expect(asks(more, 'GET', '/', { 'x-a': '2' })).toBe(false)
    expect(asks(more, 'GET', '/')).toBe(false)
    expect(asks(more, 'POST', '/', { 'x-a': '1' })).toBe(false)
  })
  test.each([
    ['the same host twice', [route(), route({ host: 'API.example' })]],
    [
      'a credential over plain HTTP',
      [route({ ports: [80], auth: { scheme: 'Bearer', header: 'authorization', slot: 's' } })],
    ],
    ['an unknown key', [route({ open: true })]],
    ['a broken regex', [route({ matches: [{ paths: [{ type: 'regex', value: '(' }] }] })]],
    ['an address for a host', [route({ host: '127.0.0.1' })]],
  ])('is refused as a whole for %s', (_, routes) => expect(() => table(...routes)).toThrow())
})
