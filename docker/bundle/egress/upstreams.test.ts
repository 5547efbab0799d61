import type { TLSSocket } from 'node:tls'
import { describe, expect, test } from 'vitest'
import {
  httpUpstream,
  type Running,
  rawUpstream,
  startEgress,
  TOKEN,
  tableFor,
  type Upstream,
} from '../testing/egress-fixture.ts'
import { untilClosed } from '../testing/raw-client.ts'

let upstream: Upstream
let running: Running & { at: string }

async function ask(head = 'GET / HTTP/1.1', body = ''): Promise<string> {
  const tls = await running.tunnel()
  tls.write(`${head}\r\nHost: ${running.at}\r\nConnection: close\r\n\r\n${body}`)
  return untilClosed(tls)
}

describe('an upstream that lies or breaks', () => {
  const bad: [string, string | ((socket: TLSSocket) => void)][] = [
    ['says CL and TE', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['says two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['ends lines with LF alone', 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok'],
    ['sends 100 KB of headers', `HTTP/1.1 200 OK\r\nX-Long: ${'a'.repeat(100_000)}\r\nContent-Length: 2\r\n\r\nok`],
    ['switches protocols unasked', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'],
    ['speaks no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['resets', (socket) => socket.destroy()],
    ['closes without a word', (socket) => socket.end()],
  ]
  test.each(bad)('%s: the agent gets 502, and it is told once', async (_, says) => {
    upstream = await rawUpstream((socket) => (typeof says === 'string' ? socket.write(says) : says(socket)))
    running = await startEgress(upstream)
    expect(await ask()).toMatch(/^HTTP\/1.1 502 .*x-bot-bottle-refused: upstream/s)
    expect(running.audit).toMatchObject([{ outcome: 'refused', rule: 'upstream', status: 502 }])
  })
  test('says too long a length: what came is cut short, not made to look whole', async () => {
    upstream = await rawUpstream((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort'))
    running = await startEgress(upstream)
    expect(await ask()).toMatch(/^HTTP\/1.1 200 /)
    expect(running.audit).toMatchObject([{ outcome: 'refused', rule: 'upstream' }])
  })
  test('says too short a length: the rest reaches nobody, not even the next request', async () => {
    let connections = 0
    upstream = await rawUpstream((socket) => {
      const extra = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison'
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no${++connections}${connections === 1 ? extra : ''}`)
    })
    running = await startEgress(upstream)
    expect(await ask()).toMatch(/^HTTP\/1.1 200 .*\r\n\r\no1$/s)
    expect(await ask()).toMatch(/^HTTP\/1.1 200 .*\r\n\r\no2$/s)
  })
  test('puts words of its own into the status: they are not passed on', async () => {
    upstream = await rawUpstream((socket) => socket.write(`HTTP/1.1 200 O\x01${TOKEN}\r\nContent-Length: 2\r\n\r\nok`))
    running = await startEgress(upstream)
    expect(await ask()).not.toContain(TOKEN)
  })
  test('sends early hints: the agent gets the answer alone', async () => {
    upstream = await rawUpstream((socket) =>
      socket.write(`HTTP/1.1 103 Early Hints\r\nLink: ${TOKEN}\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`),
    )
    running = await startEgress(upstream)
    const reply = await ask()
    expect(reply).toMatch(/^HTTP\/1.1 200 /)
    expect(reply).not.toContain(TOKEN)
  })
  test('hangs until the agent goes: its connection is closed', async () => {
    let asked = false
    let closed = false
    upstream = await rawUpstream((socket) => {
      asked = true
      socket.on('close', () => {
        closed = true
      })
    })
    running = await startEgress(upstream)
    const tls = await running.tunnel()
    tls.on('error', () => {})
    tls.write(`GET / HTTP/1.1\r\nHost: ${running.at}\r\n\r\n`)
    await expect.poll(() => asked).toBe(true)
    tls.destroy()
    await expect.poll(() => closed).toBe(true)
    await expect.poll(() => running.audit).toHaveLength(1)
  })
  test('compresses unasked where a credential was added: nothing unchecked comes back', async () => {
    upstream = await rawUpstream((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok'),
    )
    running = await startEgress(upstream)
    expect(await ask()).toMatch(/^HTTP\/1.1 502 .*x-bot-bottle-refused: encoding/s)
  })
})

describe('answers of all kinds', () => {
  test.each([
    ['HEAD', 'HEAD / HTTP/1.1', (_code: number) => 200, /content-length: 5\r\n.*\r\n\r\n$/is],
    ['204', 'GET /204 HTTP/1.1', () => 204, /\r\n\r\n$/],
    ['304', 'GET /304 HTTP/1.1', () => 304, /etag: "x"\r\n.*\r\n\r\n$/is],
  ])('%s ends where it should', async (_, head, code, expected) => {
    upstream = await httpUpstream((request, response) => {
      const status = Number(request.url?.slice(1)) || 200
      response.writeHead(status, status === 200 ? { 'content-length': 5 } : { etag: '"x"' })
      response.end(status === 200 ? 'hello' : undefined)
    })
    running = await startEgress(upstream)
    const reply = await ask(head)
    expect(reply).toMatch(new RegExp(`^HTTP/1.1 ${code(0)} `))
    expect(reply).toMatch(expected)
  })
  test('many requests go over one connection of the agent, and few of ours', async () => {
    let connections = 0
    upstream = await httpUpstream((request, response) => {
      if (!('counted' in request.socket)) Object.assign(request.socket, { counted: ++connections })
      response.end(request.url)
    })
    running = await startEgress(upstream)
    const tls = await running.tunnel()
    let seen = ''
    tls.on('data', (chunk) => {
      seen += chunk
    })
    for (let i = 0; i < 20; i++) {
      tls.write(`GET /${i}. HTTP/1.1\r\nHost: ${running.at}\r\n\r\n`)
      await expect.poll(() => seen, { interval: 5 }).toContain(`/${i}.`)
    }
    tls.destroy()
    expect(connections).toBeLessThan(4)
    expect(running.audit).toHaveLength(20)
  })
  test('asked for in slices come whole where a credential was added', async () => {
    let range: string | undefined = 'not asked'
    upstream = await httpUpstream((request, response) => {
      range = request.headers.range
      response.end('whole')
    })
    running = await startEgress(upstream)
    expect(await ask('GET / HTTP/1.1\r\nRange: bytes=0-3')).toContain('whole')
    expect(range).toBeUndefined()
  })
})

describe('the log', () => {
  const mask = (text: string) => text.replaceAll('hush', '[masked]')
  const speak = async (log: number) => {
    upstream = await httpUpstream((request, response) => {
      request.resume()
      response.writeHead(200, { 'set-cookie': 'session=1', 'x-note': 'hush' }).end('it is hush here')
    })
    running = await startEgress(upstream, { table: tableFor(upstream.port, {}, { log }), mask })
    await ask('POST /?q=hush HTTP/1.1\r\nX-Own: hush\r\nContent-Length: 9', 'say: hush')
    await expect.poll(() => running.audit.length).toBe(log === 0 ? 0 : 1)
    return running.audit[0]
  }
  test('at level 0 tells only what was refused', async () => {
    await speak(0)
    await ask('TRACE / HTTP/1.1')
    expect(running.audit).toMatchObject([{ outcome: 'refused', rule: 'method' }])
  })
  test('at level 1 tells decisions, without what was said', async () => {
    expect(await speak(1)).not.toHaveProperty('detail')
  })
  test('at level 2 tells headers and bodies, masked', async () => {
    const line = await speak(2)
    expect(line?.detail?.request).toMatchObject({ query: '?q=[masked]', body: 'say: [masked]' })
    expect(line?.detail?.answer?.body).toBe('it is [masked] here')
    expect(line?.detail?.answer?.headers).toEqual(expect.arrayContaining(['set-cookie', '[masked]']))
    expect(JSON.stringify(line)).not.toMatch(new RegExp(`hush|session=1|${TOKEN}`))
  })
})
