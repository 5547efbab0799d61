import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { afterEach, expect, test, vi } from 'vitest'
import { HOST, httpUpstream, type Upstream } from '../testing/egress-fixture.ts'
import { EgressProcess } from '../testing/egress-process.ts'
import { drained, openTunnel, secure } from '../testing/raw-client.ts'

const MIB = 1024 * 1024
/** `BOT_BOTTLE_TEST_LARGE=1` for what is promised; by default what a machine of CI does in seconds. */
const LARGE = process.env.BOT_BOTTLE_TEST_LARGE === '1'
const BODY = (LARGE ? 10 * 1024 : 256) * MIB
vi.setConfig({ testTimeout: LARGE ? 3_600_000 : 120_000 })

/** What bodies are made of, again and again: a byte that is lost, doubled or moved is seen. */
const LINE = () => `{"n":${randomInt(1e9)},"text":"The quick brown fox jumps over the lazy dog."}\n`
const BLOCK = Buffer.from(Array.from({ length: 20_000 }, LINE).join('').slice(0, MIB), 'latin1')
const blocks = Buffer.concat([BLOCK, BLOCK])

/** Counts a body and compares it with what was sent. */
class Reader {
  size = 0
  wrong = 0
  take(chunk: Buffer): void {
    const from = this.size % BLOCK.length
    if (!blocks.subarray(from, from + chunk.length).equals(chunk)) this.wrong++
    this.size += chunk.length
  }
}

async function pour(into: ServerResponse | TLSSocket, bytes: number): Promise<void> {
  for (let left = bytes; left > 0 && !into.destroyed; left -= BLOCK.length) {
    if (!into.write(BLOCK.subarray(0, Math.min(left, BLOCK.length)))) await drained(into)
  }
}

let upstream: Upstream
let egress: EgressProcess
let poured: Promise<void> = Promise.resolve()
afterEach(() => egress[Symbol.dispose]())

/** Sends as much as is asked for, and says how much of what it was sent arrived as it should. */
async function source(): Promise<Upstream> {
  const made = await httpUpstream((request: IncomingMessage, response: ServerResponse) => {
    const reader = new Reader()
    request.on('data', (chunk: Buffer) => reader.take(chunk))
    request.on('end', () => {
      if (request.method === 'POST') return void response.end(JSON.stringify({ ...reader }))
      response.writeHead(200, { 'content-length': BODY })
      poured = pour(response, BODY)
    })
  })
  // Node's own limit is five minutes, less than the largest of these takes on a busy machine.
  Object.assign(made.server, { requestTimeout: 0 })
  return made
}

async function tunnel(): Promise<TLSSocket> {
  const socket = await openTunnel(egress.port, egress.at)
  if (typeof socket === 'string') throw new Error(socket)
  return secure(socket, egress.guestCa, HOST)
}

const scanned = {}
const unscanned = { scan: { outbound: false, inbound: false, onMatch: 'block' } }
const size = LARGE ? '10 GB' : '256 MiB'

test.each([
  ['scanned', scanned],
  ['not scanned', unscanned],
])(`a body of ${size} comes down whole, %s, in bounded memory`, async (name, route) => {
  upstream = await source()
  egress = await EgressProcess.start(upstream, route)
  const tls = await tunnel()
  const before = egress.forgetPeak()
  const startedAt = performance.now()
  const reader = new Reader()
  let head = ''
  tls.write(`GET / HTTP/1.1\r\nHost: ${egress.at}\r\n\r\n`)
  await new Promise<void>((resolve) => {
    tls.on('close', resolve).on('data', (chunk: Buffer) => {
      if (head.includes('\r\n\r\n')) reader.take(chunk)
      else {
        const text = head + chunk.toString('latin1')
        const end = text.indexOf('\r\n\r\n')
        if (end !== -1) reader.take(chunk.subarray(end + 4 - head.length))
        head = text
      }
      if (reader.size >= BODY) resolve()
    })
  })
  expect(head).toMatch(/^HTTP\/1.1 200 /)
  expect(reader).toEqual({ size: BODY, wrong: 0 })
  tell(`down, ${name}`, before, startedAt)
  expect(egress.memory.peak - before).toBeLessThan(128)
  await expect.poll(() => egress.audit).toMatchObject([{ outcome: 'allowed', status: 200, bytesDown: BODY }])
})

// The scan decodes and reads all of it: what it takes for megabytes is enough to show that it keeps none of them.
test.each([
  ['scanned', scanned, LARGE ? BODY : 48 * MIB],
  ['not scanned', unscanned, BODY],
])('a body of any size goes up whole, %s, in bounded memory', async (name, route, bytes) => {
  upstream = await source()
  egress = await EgressProcess.start(upstream, route)
  const tls = await tunnel()
  const before = egress.forgetPeak()
  const startedAt = performance.now()
  const answered = once(tls, 'data').catch(() => ['cut off'])
  tls.write(`POST / HTTP/1.1\r\nHost: ${egress.at}\r\nContent-Length: ${bytes}\r\n\r\n`)
  await pour(tls, bytes)
  const reply = String((await answered)[0])
  expect(reply).toMatch(/^HTTP\/1.1 200 /)
  expect(reply).toContain(JSON.stringify({ size: bytes, wrong: 0 }))
  tell(`up, ${name}`, before, startedAt, bytes)
  expect(egress.memory.peak - before).toBeLessThan(128)
  await expect.poll(() => egress.audit).toMatchObject([{ outcome: 'allowed', status: 200, bytesUp: bytes }])
})

test('a client that reads a large answer at a trickle holds the upstream back, not memory', async () => {
  upstream = await source()
  egress = await EgressProcess.start(upstream)
  const tls = await tunnel()
  const before = egress.forgetPeak()
  let read = 0
  tls.write(`GET / HTTP/1.1\r\nHost: ${egress.at}\r\n\r\n`)
  await new Promise<void>((resolve) => {
    tls.on('data', (chunk: Buffer) => {
      read += chunk.length
      if (read > 2 * MIB) return resolve()
      tls.pause()
      setTimeout(() => tls.resume(), 20)
    })
  })
  expect(egress.memory.peak - before).toBeLessThan(128)
  tls.destroy()
  // The upstream notices, and the next request is served as if nothing had been.
  await poured
  await expect.poll(() => egress.audit).toHaveLength(1)
  expect(egress.audit[0]?.bytesDown).toBeLessThan(64 * MIB)
  const next = await tunnel()
  const answered = once(next, 'data')
  next.write(`POST / HTTP/1.1\r\nHost: ${egress.at}\r\nContent-Length: 2\r\n\r\n`)
  next.write(BLOCK.subarray(0, 2))
  expect(String((await answered)[0])).toMatch(/^HTTP\/1.1 200 /)
})

/** For the run by hand. */
function tell(what: string, before: number, startedAt: number, bytes = BODY): void {
  if (!LARGE) return
  const seconds = (performance.now() - startedAt) / 1000
  const { peak } = egress.memory
  console.log(
    `${size} ${what}: ${(bytes / 1e6 / seconds).toFixed(0)} MB/s, RSS ${before.toFixed(0)} → at most ${peak.toFixed(0)} MiB`,
  )
}
