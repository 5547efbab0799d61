import { describe, expect, test } from 'vitest'
import { TOKEN, tableFor } from '../testing/egress-fixture.ts'
import { listedHost } from '../testing/listed-host.ts'
import { collect, insideTunnel, openTunnel, rawExchange, secure } from '../testing/raw-client.ts'

const world = listedHost()

describe('a listed request', () => {
  test('reaches its host with the credential that egress adds, and is told once', async () => {
    expect(await world.inside(world.get('/v1/x?q=1'))).toMatch(/^HTTP\/1.1 200 .*ok/s)
    expect(world.origin.seen).toMatchObject([{ method: 'GET', url: '/v1/x?q=1', host: world.at }])
    expect(world.sent('authorization')).toEqual([`Bearer ${TOKEN}`])
    expect(world.running.audit).toMatchObject([
      { outcome: 'allowed', host: 'api.test', path: '/v1/x', status: 200, slot: 'API', bytesDown: 2 },
    ])
    expect(JSON.stringify(world.running.audit)).not.toContain(TOKEN)
  })
  test.each([
    ['twice', 'Authorization: Bearer mine\r\nauthorization: Bearer other\r\n'],
    ['named by Connection', 'Authorization: Bearer mine\r\nConnection: authorization\r\n'],
    ['as a key and a cookie', 'X-Api-Key: mine\r\nCookie: a=mine\r\n'],
  ])('loses the credentials that the agent sent %s', async (_, headers) => {
    expect(await world.inside(`GET / HTTP/1.1\r\nHost: ${world.at}\r\n${headers}\r\n`)).toMatch(/^HTTP\/1.1 200/)
    expect(world.sent('authorization')).toEqual([`Bearer ${TOKEN}`])
    expect(JSON.stringify(world.origin.seen)).not.toContain('mine')
    expect(world.running.audit[0]?.stripped?.length).toBeGreaterThan(0)
  })
  test('without SNI is served: the tunnel names the host', async () => {
    const tunnel = await openTunnel(world.running.port, world.at)
    if (typeof tunnel === 'string') throw new Error(tunnel)
    const tls = await secure(tunnel, world.running.guestCa, '')
    const reply = collect(tls)
    tls.write(world.get('/'))
    expect(await reply).toMatch(/^HTTP\/1.1 200/)
  })
  test('with a chunked body and trailers carries the body and drops the trailers', async () => {
    const reply = await world.inside(
      `POST / HTTP/1.1\r\nHost: ${world.at}\r\nTransfer-Encoding: chunked\r\nTrailer: Authorization\r\n\r\n5\r\nhello\r\n0\r\nAuthorization: Bearer mine\r\n\r\n`,
    )
    expect(reply).toMatch(/^HTTP\/1.1 200/)
    expect(world.origin.seen[0]?.body.toString()).toBe('hello')
    expect(JSON.stringify(world.origin.seen)).not.toContain('mine')
  })
  test('of which the answer comes at once in chunks gets all of it', async () => {
    world.answer = (_request, response) => {
      for (const piece of ['one ', 'two ', 'three']) response.write(piece)
      response.end()
    }
    expect(await world.inside(world.get('/'))).toMatch(/one [\s\S]*two [\s\S]*three/)
  })
  test('streams an event stream without holding it back', async () => {
    world.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: 1\n\n')
    }
    const tls = await world.running.tunnel()
    const first = new Promise<string>((resolve) => {
      let text = ''
      tls.on('data', (chunk) => {
        text += chunk.toString()
        if (text.includes('data: 1')) resolve(text)
      })
    })
    tls.write(world.get('/'))
    expect(await first).toContain('data: 1')
    tls.destroy()
  })
})

describe('egress itself', () => {
  test('answers over https under its own name, as a control that the authority is trusted', async () => {
    const reply = await insideTunnel(
      world.running.port,
      world.running.guestCa,
      '_egress.local:443',
      'GET /allowlist HTTP/1.1\r\nHost: _egress.local\r\n\r\n',
    )
    expect(reply).toContain('"host":"api.test"')
  })
  test('also while everything is frozen', async () => {
    world.running.egress.use(tableFor(world.origin.port, {}, { frozen: true }))
    const reply = await rawExchange(
      world.running.port,
      'GET http://_egress.local/allowlist HTTP/1.1\r\nHost: _egress.local\r\n\r\n',
    )
    expect(reply).toContain('"frozen":true')
  })
  test('tries a text against the scan without sending it anywhere', async () => {
    const post = 'POST http://_egress.local/scan HTTP/1.1\r\nHost: _egress.local\r\nContent-Length: 5\r\n\r\nhello'
    expect(await rawExchange(world.running.port, post)).toMatch(/^HTTP\/1.1 204/)
    expect(world.origin.seen).toEqual([])
  })
})

describe('a change of the table', () => {
  test('cuts live tunnels to what it no longer allows', async () => {
    const tunnel = await openTunnel(world.running.port, world.at)
    if (typeof tunnel === 'string') throw new Error(tunnel)
    const closed = new Promise((resolve) => tunnel.once('close', resolve))
    world.running.egress.use(tableFor(world.origin.port, {}, { frozen: true }))
    await closed
    expect(await openTunnel(world.running.port, world.at)).toMatch(/frozen/)
    world.running.egress.use(tableFor(world.origin.port))
    expect(await world.inside(world.get('/'))).toMatch(/^HTTP\/1.1 200/)
  })
})
