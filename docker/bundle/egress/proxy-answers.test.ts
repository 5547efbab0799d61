import type { ServerResponse } from 'node:http'
import { rootCertificates } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { TOKEN } from '../testing/egress-fixture.ts'
import { listedHost } from '../testing/listed-host.ts'

const world = listedHost()

describe('an answer', () => {
  test.each([
    ['in its body', (response: ServerResponse) => response.end(`x${TOKEN}x`)],
    ['in a header', (response: ServerResponse) => response.setHeader('x-echo', `Bearer ${TOKEN}`).end('ok')],
    ['in base64', (response: ServerResponse) => response.end(Buffer.from(TOKEN).toString('base64'))],
    [
      'in two pieces',
      (response: ServerResponse) => {
        response.write(TOKEN.slice(0, 9))
        setTimeout(() => response.end(TOKEN.slice(9)), 30)
      },
    ],
  ])('with the injected token %s is cut', async (_, echo) => {
    world.answer = (_request, response) => void echo(response)
    const reply = await world.inside(world.get('/'))
    expect(reply).not.toContain(TOKEN)
    expect(reply).not.toContain(TOKEN.slice(9))
    expect(reply).not.toContain(Buffer.from(TOKEN).toString('base64'))
    expect(world.running.audit).toMatchObject([{ outcome: 'refused', rule: 'token-reflected' }])
  })
  test('that redirects is handed to the agent and not followed', async () => {
    world.answer = (_request, response) => response.writeHead(302, { location: 'https://evil.test/' }).end()
    expect(await world.inside(world.get('/'))).toMatch(/^HTTP\/1.1 302 .*location: https:\/\/evil.test\//s)
    expect(world.origin.seen).toHaveLength(1)
  })
  test('of an origin that nobody vouches for is 502', async () => {
    await world.restart({ upstreamCa: rootCertificates })
    expect(await world.inside(world.get('/'))).toMatch(/^HTTP\/1.1 502/)
    expect(world.origin.seen).toEqual([])
  })
  test('of a host that resolves to a private address is 403', async () => {
    await world.restart({ lookup: { resolver: async () => [{ address: '127.0.0.1', family: 4 }] } })
    expect(await world.inside(world.get('/'))).toMatch(/^HTTP\/1.1 403 .*private-address/s)
    expect(world.origin.seen).toEqual([])
    expect(world.running.audit).toMatchObject([{ rule: 'private-address' }])
  })
})
