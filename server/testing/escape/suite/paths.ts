import { beforeAll, expect, test } from 'vitest'
import { route } from '../route.ts'
import { NAMES, type SceneOf } from '../scene.ts'

/** Row 24: what is matched is what is sent. */
export function paths(scene: SceneOf): void {
  const bottle = () => scene().bottle
  beforeAll(() => {
    const ports = [bottle().around.origin.port]
    const open = [{ paths: [{ type: 'prefix' as const, value: '/open' }] }]
    return bottle().routes([route('origin.test', { ports }), route('paths.test', { ports, matches: open })], NAMES)
  })
  const get = (host: string, target: string) => bottle().request(host, `GET ${target}`)

  test.each<[promise: string, target: string, status: number, rule: string]>([
    ['dot segments round a path rule', '/open/../admin', 400, 'path'],
    ['escaped dot segments', '/open/%2e%2e/admin', 400, 'path'],
    ['escaped slashes', '/open%2f..%2fadmin', 400, 'path'],
    ['twice escaped', '/open/%252e%252e/admin', 400, 'path'],
    ['a double slash', '//admin', 400, 'path'],
    ['parameters', '/open;/../admin', 400, 'path'],
    ['a backslash', '/open/..\\admin', 400, 'malformed'],
    ['a path that only begins like it', '/openly', 403, 'no-match'],
    ['another path', '/admin', 403, 'no-match'],
  ])('24 %s is refused, and nothing arrives', async (_, target, status, rule) => {
    const { reply, arrived, audit } = await bottle().attack(get('paths.test', target))
    expect(reply).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(arrived).toEqual([])
    expect(audit).toMatchObject([{ outcome: 'refused', rule }])
  })
  test('24 the path that is allowed arrives, and without a rule every other does', async () => {
    const { replies, arrived } = await bottle().attack([get('paths.test', '/open/door'), get('origin.test', '/admin')])
    expect(replies.map((reply) => reply.slice(9, 12))).toEqual(['200', '200'])
    expect(arrived.map(({ url }) => url).sort()).toEqual(['/admin', '/open/door'])
  })
}
