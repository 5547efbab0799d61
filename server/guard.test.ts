import { createServer, type IncomingHttpHeaders, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Guard, MAX_BODY_BYTES } from './guard.ts'
import { createBareServer, serveApp } from './http/app-server.ts'
import { createLogger } from './logger.ts'
import type { Context } from './trpc/context.ts'

const TOKEN = 'correct-horse-battery-staple'
const calls: string[] = []
const logged: string[] = []

/** The real server with our routes and procedures, over pages and terminals that only say that they were reached. */
async function serve(token: string | null, allowedHosts: string[] = []) {
  const server = createBareServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const touched = (what: string) => async () => void calls.push(what)
  const context = { bottles: { list: () => [], stop: touched('stop') } } as unknown as Context
  serveApp(server, {
    guard: new Guard({ host: '127.0.0.1', port, allowedHosts, token }),
    dev: false,
    context,
    routes: [
      { method: 'GET', path: '/api/health', handle: (_req, res) => void res.end('healthy') },
      { method: 'GET', path: '/api/share/:token/log.txt', handle: (_req, res) => void res.end('shared') },
    ],
    acceptTty: (socket) => {
      calls.push('tty')
      socket.close(1000)
    },
    pages: {
      handle: async (_req, res) => void res.end('page'),
      upgrade: (_req, socket) => {
        calls.push('page upgrade')
        socket.destroy()
      },
      close: async () => {},
    },
    logger: createLogger('debug', (line) => logged.push(line)),
  })
  return { port, server }
}

let open: Awaited<ReturnType<typeof serve>>
let locked: Awaited<ReturnType<typeof serve>>
beforeAll(async () => {
  open = await serve(null, ['devbox.lan', 'other.lan:8080'])
  locked = await serve(TOKEN)
})
afterAll(() => {
  for (const { server } of [open, locked]) server.close().closeAllConnections()
})

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}
/** One raw request; no header is sent that is not given here, but for `Host`. */
function ask(
  path: string,
  {
    method = 'GET',
    headers = {},
    body = '',
    port = open.port,
  }: { method?: string; headers?: Record<string, string>; body?: string; port?: number } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = request(
      { host: '127.0.0.1', port, path, method, headers: { host: `localhost:${port}`, ...headers } },
      (res) => {
        let text = ''
        res.on('data', (chunk) => {
          text += chunk
        })
        res.on('end', () => resolve({ status: res.statusCode!, headers: res.headers, body: text }))
      },
    )
    req.on('error', reject)
    req.end(body)
  })
}
/** First line of the answer to an upgrade. */
function upgrade(path: string, headers: Record<string, string>, port = open.port): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const lines = Object.entries({
      Host: `localhost:${port}`,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
    }).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
      if (text.includes('\r\n')) socket.destroy()
    })
    socket.on('close', () => resolve(text.split('\r\n')[0]!))
    socket.on('error', reject)
  })
}

const STOP = '/api/trpc/bottles.stop'
const stop = { method: 'POST', body: '{"slug":"a"}' }
const json = { 'content-type': 'application/json' }
const ours = () => ({ origin: `http://localhost:${open.port}` })

describe('the name that a request calls us', () => {
  test.each([
    ['localhost', 200],
    ['127.0.0.1', 200],
    ['[::1]', 200],
  ])('%s with our port is us', async (name, status) => {
    expect((await ask('/', { headers: { host: `${name}:${open.port}` } })).status).toBe(status)
  })
  test.each(['evil.example', 'localhost', 'localhost:1', 'localhost.evil.example:4747', '127.0.0.1.nip.io'])(
    '%j is not us, whatever it resolves to',
    async (host) => {
      expect([400, 421]).toContain((await ask('/', { headers: { host } })).status)
    },
  )
  test('a rebound name with our port is refused on pages, procedures, raw routes and terminals alike', async () => {
    const headers = { host: `evil.example:${open.port}` }
    for (const path of ['/', '/api/health', '/api/trpc/bottles.list', '/_next/static/x.js'])
      expect((await ask(path, { headers })).status).toBe(421)
    expect(
      await upgrade('/api/bottles/a/tty', { Host: headers.host, ...{ Origin: `http://${headers.host}` } }),
    ).toContain('421')
  })
  test('further names are listed, with our port or their own', async () => {
    expect((await ask('/', { headers: { host: `devbox.lan:${open.port}` } })).status).toBe(200)
    expect((await ask('/', { headers: { host: 'devbox.lan' } })).status).toBe(200)
    expect((await ask('/', { headers: { host: 'other.lan:8080' } })).status).toBe(200)
    expect((await ask('/', { headers: { host: 'other.lan' } })).status).toBe(421)
  })
})

describe('who asks', () => {
  test('our own page may read and change', async () => {
    const headers = { ...ours(), ...json, 'sec-fetch-site': 'same-origin' }
    expect((await ask('/api/trpc/bottles.list', { headers })).status).toBe(200)
    expect((await ask(STOP, { ...stop, headers })).status).toBe(200)
  })
  test('a program without a browser may read', async () => {
    expect((await ask('/api/trpc/bottles.list')).status).toBe(200)
  })
  test('a program may change something when it names our origin, and is told so when it does not', async () => {
    expect((await ask(STOP, { ...stop, headers: { ...json, ...ours() } })).status).toBe(200)
    const refused = await ask(STOP, { ...stop, headers: json })
    expect(refused.status).toBe(403)
    expect(refused.body).toContain(`Origin: http://localhost:${open.port}`)
  })
  test.each([
    'http://evil.example',
    'null',
    'https://localhost',
    'http://localhost:1',
    'file://',
    'chrome-extension://x',
  ])('a page of %s may neither read nor change', async (origin) => {
    expect((await ask('/api/trpc/bottles.list', { headers: { origin } })).status).toBe(403)
    expect((await ask(STOP, { ...stop, headers: { ...json, origin } })).status).toBe(403)
  })
  test.each(['cross-site', 'same-site', 'unknown'])('a fetch that the browser marks %s is refused', async (site) => {
    for (const path of ['/', '/api/trpc/bottles.list', '/api/bottles/a/log.txt'])
      expect((await ask(path, { headers: { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' } })).status).toBe(403)
  })
  test('a link from elsewhere may open a page and a shared log, and nothing else of the interface', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
    expect((await ask('/bottles/a', { headers })).status).toBe(200)
    expect((await ask('/api/share/t/log.txt', { headers })).status).toBe(200)
    expect((await ask('/api/trpc/bottles.list', { headers })).status).toBe(403)
    expect((await ask('/', { headers: { ...headers, 'sec-fetch-dest': 'iframe' } })).status).toBe(403)
    expect((await ask('/', { ...stop, headers: { ...headers, ...json } })).status).toBe(403)
  })
})

describe('the form of a request', () => {
  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'a change sent as %j is refused: a form of another site could send it',
    async (type) => {
      const headers = { ...ours(), ...(type && { 'content-type': type }) }
      expect((await ask(STOP, { ...stop, headers })).status).toBe(415)
    },
  )
  test('reading never changes anything: a mutation by GET is refused', async () => {
    calls.length = 0
    const answer = await ask(`${STOP}?input=${encodeURIComponent('{"slug":"a"}')}`, { headers: ours() })
    expect(answer.status).toBe(405)
    expect(calls).toEqual([])
  })
  test.each(['TRACE', 'PROPFIND', 'DELETE'])('%s does nothing', async (method) => {
    expect((await ask(STOP, { method, headers: ours() })).status).toBeGreaterThanOrEqual(400)
  })
  test('a body that is too large is refused, told or not', async () => {
    const headers = { ...ours(), ...json }
    const body = JSON.stringify({ slug: 'a'.repeat(MAX_BODY_BYTES) })
    expect(
      (await ask(STOP, { ...stop, body, headers: { ...headers, 'content-length': String(body.length) } })).status,
    ).toBe(413)
    expect((await ask(STOP, { ...stop, body, headers: { ...headers, 'transfer-encoding': 'chunked' } })).status).toBe(
      413,
    )
  })
  test('a GET with a body, an address that is too long, a head that is too large', async () => {
    expect((await ask('/', { headers: { 'content-length': '2' }, body: '{}' })).status).toBe(400)
    expect((await ask(`/${'a'.repeat(9000)}`)).status).toBe(414)
    expect((await ask('/', { headers: { 'x-long': 'a'.repeat(40_000) } })).status).toBe(431)
  })
  test('a target that names another host is refused', async () => {
    expect((await ask('//evil.example/')).status).toBe(400)
    expect((await ask(`http://evil.example/`)).status).toBe(400)
  })
})

describe('upgrades', () => {
  const tty = '/api/bottles/a/tty?session=agent'
  test('our own page may open a terminal', async () => {
    calls.length = 0
    expect(await upgrade(tty, { Origin: `http://localhost:${open.port}` })).toContain('101')
    expect(calls).toEqual(['tty'])
  })
  test.each([
    ['another origin', { Origin: 'http://evil.example' }],
    ['no origin', {}],
    ['another name', { Host: 'evil.example', Origin: 'http://evil.example' }],
    ['an opaque origin', { Origin: 'null' }],
  ])('%s may not', async (_name, headers) => {
    calls.length = 0
    expect(await upgrade(tty, headers as Record<string, string>)).toMatch(/40[13]|421/)
    expect(await upgrade('/_next/hmr', headers as Record<string, string>)).toMatch(/40[13]|421/)
    expect(calls).toEqual([])
  })
  test('a slug or session that cannot be is 404, and the rest goes to the pages', async () => {
    calls.length = 0
    const headers = { Origin: `http://localhost:${open.port}` }
    expect(await upgrade('/api/bottles/..%2f/tty', headers)).toContain('404')
    expect(await upgrade('/api/bottles/a/tty?session=root', headers)).toContain('404')
    expect(await upgrade('/api/other', headers)).toContain('404')
    await upgrade('/_next/hmr', headers)
    expect(calls).toEqual(['page upgrade'])
  })
})

describe('with a token', () => {
  const at = (path: string, headers: Record<string, string> = {}, more = {}) =>
    ask(path, { port: locked.port, headers, ...more })
  test('nothing is answered without it but what a share needs', async () => {
    for (const path of ['/', '/api/trpc/bottles.list', '/api/health', '/share/x/../..'])
      expect((await at(path)).status).toBe(401)
    for (const path of ['/share/abc', '/api/share/abc/log.txt', '/_next/static/chunk.js'])
      expect((await at(path)).status).not.toBe(401)
    expect((await at('/api/share/abc/log.txt', json, { method: 'POST' })).status).toBeGreaterThanOrEqual(400)
    expect(await upgrade('/api/bottles/a/tty', { Origin: `http://localhost:${locked.port}` }, locked.port)).toContain(
      '401',
    )
  })
  test('the address brings it once and it moves into a cookie that no script and no other site can use', async () => {
    const answer = await at(`/bottles/a?token=${TOKEN}&x=1`)
    expect(answer.status).toBe(303)
    expect(answer.headers.location).toBe('/bottles/a?x=1')
    const cookie = answer.headers['set-cookie']![0]!
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/)
    expect((await at('/bottles/a', { cookie: cookie.split(';')[0]! })).status).toBe(200)
    const origin = `http://localhost:${locked.port}`
    expect(
      await upgrade('/api/bottles/a/tty', { Origin: origin, Cookie: cookie.split(';')[0]! }, locked.port),
    ).toContain('101')
  })
  test('a program sends it as a bearer, and may then change things without naming an origin', async () => {
    const headers = { ...json, authorization: `Bearer ${TOKEN}` }
    expect((await at(STOP, headers, stop)).status).toBe(200)
  })
  test.each(['', 'x', `${TOKEN}x`, TOKEN.slice(1), TOKEN.toUpperCase()])('%j is not it', async (wrong) => {
    expect((await at(`/?token=${wrong}`)).status).toBe(401)
    expect((await at('/', { authorization: `Bearer ${wrong}` })).status).toBe(401)
    expect((await at('/', { cookie: `bot-bottle-token=${wrong}` })).status).toBe(401)
  })
  test('the token does not help another site or another name', async () => {
    const authorization = `Bearer ${TOKEN}`
    expect((await at('/', { authorization, origin: 'http://evil.example' })).status).toBe(403)
    expect((await at('/', { authorization, host: 'evil.example' })).status).toBe(421)
  })
})

describe('every answer', () => {
  test('carries the security headers, refusals too, with a new nonce each time', async () => {
    const answers = await Promise.all([ask('/'), ask('/api/health'), ask('/', { headers: { host: 'evil.example' } })])
    const nonces = new Set<string>()
    for (const { headers } of answers) {
      const policy = headers['content-security-policy'] as string
      expect(policy).toContain("frame-ancestors 'none'")
      const scripts = policy.split('; ').find((part) => part.startsWith('script-src'))!
      expect(scripts).not.toMatch(/unsafe/)
      nonces.add(/'nonce-([^']+)'/.exec(scripts)![1]!)
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      })
      expect(headers['permissions-policy']).toContain('camera=()')
      expect(headers['access-control-allow-origin']).toBeUndefined()
    }
    expect(nonces.size).toBe(3)
  })
  test('a refusal is logged once, with its reason and without the query', async () => {
    logged.length = 0
    await ask('/secret?token=abc', { headers: { host: 'evil.example' } })
    expect(logged).toHaveLength(1)
    expect(JSON.parse(logged[0]!)).toMatchObject({ status: 421, reason: 'host evil.example', path: '/secret' })
  })
  test('what does not exist under /api is 404 as JSON', async () => {
    expect(JSON.parse((await ask('/api/none')).body)).toMatchObject({ error: { code: 'NOT_FOUND' } })
    expect((await ask('/api/health', { method: 'POST', headers: { ...ours(), ...json } })).status).toBe(405)
  })
})

test('control: a plain server of node would have answered', async () => {
  const naive = createServer((_req, res) => res.end('secret'))
  await new Promise<void>((resolve) => naive.listen(0, '127.0.0.1', resolve))
  const { port } = naive.address() as AddressInfo
  expect((await ask('/', { port, headers: { host: 'evil.example' } })).body).toBe('secret')
  naive.close().closeAllConnections()
})
