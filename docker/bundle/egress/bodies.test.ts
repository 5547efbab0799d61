import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import { gzipSync } from 'node:zlib'
import { describe, expect, test, vi } from 'vitest'
import {
  HOST,
  httpUpstream,
  NOTHING_FOUND,
  type Running,
  rawUpstream,
  startEgress,
  tableFor,
  type Upstream,
} from '../testing/egress-fixture.ts'
import { drained, halfOpen, openTunnel, untilClosed } from '../testing/raw-client.ts'

const MIB = 1024 * 1024
const LARGE = 128 * MIB
// A busy machine is no fault.
vi.setConfig({ testTimeout: 60_000 })
let upstream: Upstream
let running: Running & { at: string }

const counting = () =>
  httpUpstream((request, response) => {
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
    })
    request.on('end', () => response.end(String(size)))
  })

/** Writes a body as fast as it is taken. */
async function upload(tls: TLSSocket, bytes: number, head = ''): Promise<void> {
  tls.write(`POST / HTTP/1.1\r\nHost: ${running.at}\r\nContent-Length: ${bytes}\r\nConnection: close\r\n${head}\r\n`)
  const chunk = Buffer.alloc(256 * 1024, 'a')
  for (let left = bytes; left > 0 && tls.writable; left -= chunk.length) {
    if (!tls.write(chunk.subarray(0, Math.min(left, chunk.length)))) {
      await drained(tls)
    }
  }
}

const rss = () => process.memoryUsage().rss / MIB

describe('a large upload', () => {
  test('of 128 MiB passes unscanned with bounded memory', async () => {
    upstream = await counting()
    const scan = { outbound: false, inbound: false, onMatch: 'block' }
    running = await startEgress(upstream, { table: tableFor(upstream.port, { scan }) })
    const tls = await running.tunnel()
    const reply = untilClosed(tls)
    const before = rss()
    await upload(tls, LARGE)
    expect(await reply).toMatch(new RegExp(`${LARGE}`))
    expect(rss() - before).toBeLessThan(150)
    expect(running.audit).toMatchObject([{ outcome: 'allowed', bytesUp: LARGE }])
  })
  test('is scanned window by window, and every byte arrives once', async () => {
    upstream = await counting()
    let windows = 0
    const window = async () => {
      windows++
      return []
    }
    running = await startEgress(upstream, { scanner: { ...NOTHING_FOUND, window } })
    const tls = await running.tunnel()
    const reply = untilClosed(tls)
    await upload(tls, 12 * MIB + 7)
    expect(await reply).toMatch(new RegExp(`${12 * MIB + 7}`))
    expect(windows).toBeGreaterThan(8)
  })
  test('with a secret in its last window is refused, told as such, and never ends upstream', async () => {
    let whole = false
    upstream = await httpUpstream((request, response) => {
      request.resume().on('end', () => {
        whole = true
        response.end('got it')
      })
    })
    let windows = 0
    const window = async () => (++windows > 10 ? [{ detector: 'canary', where: 'body' as const }] : [])
    running = await startEgress(upstream, { scanner: { ...NOTHING_FOUND, window } })
    const tls = await running.tunnel()
    const reply = untilClosed(tls)
    await upload(tls, 16 * MIB)
    expect(await reply).toMatch(/^HTTP\/1.1 403 .*secret-outbound/s)
    expect(whole).toBe(false)
    expect(running.audit).toMatchObject([{ outcome: 'refused', rule: 'secret-outbound', findings: ['canary in body'] }])
  })
  test('that is compressed and too large to look into is refused', async () => {
    upstream = await counting()
    running = await startEgress(upstream)
    const tls = await running.tunnel()
    const reply = untilClosed(tls)
    await upload(tls, 9 * MIB, 'Content-Encoding: gzip\r\n')
    expect(await reply).toMatch(/^HTTP\/1.1 413 .*encoding/s)
  })
  test('answered early reaches its answer, a hundred times out of a hundred', async () => {
    upstream = await rawUpstream((socket) =>
      socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\nConnection: close\r\n\r\nearly'),
    )
    const scan = { outbound: false, inbound: false, onMatch: 'block' }
    running = await startEgress(upstream, { table: tableFor(upstream.port, { scan }) })
    const replies = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const tls = await running.tunnel()
        const reply = untilClosed(tls)
        await upload(tls, 2 * MIB)
        return reply
      }),
    )
    expect(replies.filter((reply) => !/^HTTP\/1.1 (413|502) /.test(reply))).toEqual([])
    expect(replies.filter((reply) => reply.includes('early')).length).toBeGreaterThan(95)
  })
})

describe('other bodies', () => {
  test('compressed ones go up as they are', async () => {
    const body = gzipSync('hello')
    let seen = Buffer.alloc(0)
    upstream = await httpUpstream(async (request, response) => {
      for await (const chunk of request) seen = Buffer.concat([seen, chunk])
      response.end('ok')
    })
    running = await startEgress(upstream)
    const tls = await running.tunnel()
    tls.write(`POST / HTTP/1.1\r\nHost: ${running.at}\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n`)
    tls.write('Connection: close\r\n\r\n')
    tls.write(body)
    expect(await untilClosed(tls)).toMatch(/^HTTP\/1.1 200/)
    expect(seen.equals(body)).toBe(true)
  })
  test('announced with Expect are asked for', async () => {
    upstream = await counting()
    running = await startEgress(upstream)
    const tls = await running.tunnel()
    const all = untilClosed(tls)
    tls.write(
      `POST / HTTP/1.1\r\nHost: ${running.at}\r\nExpect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\n`,
    )
    tls.once('data', () => tls.write('hello'))
    expect(await all).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 .*5/s)
  })
  test('an answer of 128 MiB to a slow agent waits upstream, not in memory', async () => {
    const chunk = randomBytes(MIB)
    upstream = await httpUpstream(async (_request, response) => {
      response.writeHead(200, { 'content-length': LARGE })
      for (let i = 0; i < 128 && response.writable; i++) {
        if (!response.write(chunk)) await drained(response)
      }
      response.end()
    })
    running = await startEgress(upstream)
    const tls = await running.tunnel()
    const before = rss()
    tls.write(`GET / HTTP/1.1\r\nHost: ${running.at}\r\n\r\n`)
    tls.once('data', () => tls.pause())
    await sleep(1500)
    expect(rss() - before).toBeLessThan(64)
    tls.destroy()
    await expect.poll(() => running.audit).toHaveLength(1)
  })
})

describe('clients that want to wear it out', () => {
  test('half-open CONNECTs are bounded, and room comes back', async () => {
    upstream = await counting()
    running = await startEgress(upstream, { tunnelLimit: 50 })
    const clients = await Promise.all(Array.from({ length: 80 }, () => halfOpen(running.port, running.at)))
    expect(clients.filter(({ status }) => status === 200)).toHaveLength(50)
    expect(clients.filter(({ status }) => status === 503)).toHaveLength(30)
    for (const { end } of clients) end()
    await expect.poll(async () => typeof (await openTunnel(running.port, running.at))).toBe('object')
  })
  test('a tunnel in which nothing is said is closed, and so are slow headers in one', async () => {
    upstream = await counting()
    running = await startEgress(upstream, { patience: { firstByteMs: 200, headersMs: 300 } })
    const silent = await openTunnel(running.port, running.at)
    if (typeof silent === 'string') throw new Error(silent)
    await new Promise((resolve) => silent.resume().once('close', resolve))
    const tls = await running.tunnel()
    tls.write(`GET / HTTP/1.1\r\nHost: ${running.at}\r\n`)
    await untilClosed(tls)
    expect(running.audit).toEqual([])
  })
  test('a megabyte of headers is refused', async () => {
    upstream = await counting()
    running = await startEgress(upstream)
    const tls = await running.tunnel()
    const reply = untilClosed(tls)
    tls.write(`GET / HTTP/1.1\r\nHost: ${HOST}\r\nX-Long: ${'a'.repeat(MIB)}\r\n\r\n`)
    expect(await reply).toMatch(/^(HTTP\/1.1 4(00|31) |$)/)
  })
})
