import { once } from 'node:events'
import type { TLSSocket } from 'node:tls'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { HOST, httpUpstream, type Upstream } from '../testing/egress-fixture.ts'
import { EgressProcess } from '../testing/egress-process.ts'
import { halfOpen, openTunnel, secure } from '../testing/raw-client.ts'

const CLIENTS = 10_000
/** Each is a port of its own: from one address they would run out, with those that an earlier run left behind. */
const ADDRESSES = 10
/** So that this process, too, comes to read what it was told. */
const AT_ONCE = 500
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

let upstream: Upstream
let egress: EgressProcess
beforeEach(async () => {
  upstream = await httpUpstream((_request, response) => response.end('served'))
  egress = await EgressProcess.start(upstream)
})
afterEach(() => egress[Symbol.dispose]())

async function tunnel(): Promise<TLSSocket | string> {
  const socket = await openTunnel(egress.port, egress.at)
  return typeof socket === 'string' ? socket : secure(socket, egress.guestCa, HOST)
}
async function ask(tls: TLSSocket): Promise<string> {
  const answered = once(tls, 'data')
  tls.write(`GET / HTTP/1.1\r\nHost: ${egress.at}\r\n\r\n`)
  return String((await answered)[0])
}

const without503 = (opened: TLSSocket | string) => (typeof opened === 'string' ? null : opened)

test('ten thousand half-open tunnels: each is answered, memory is bounded, and requests are served meanwhile', async () => {
  const earlier = await tunnel()
  if (typeof earlier === 'string') throw new Error(earlier)
  expect(await ask(earlier)).toMatch(/^HTTP\/1.1 200 .*served/s)
  const before = egress.forgetPeak()

  const clients: Awaited<ReturnType<typeof halfOpen>>[] = []
  while (clients.length < CLIENTS) {
    const opening = Array.from({ length: AT_ONCE }, (_, i) =>
      halfOpen(egress.port, egress.at, `127.0.1.${1 + (i % ADDRESSES)}`),
    )
    clients.push(...(await Promise.all(opening)))
  }
  const said = (wanted: number) => clients.filter(({ status }) => status === wanted).length
  expect(said(200) + said(503)).toBe(CLIENTS)
  expect(egress.memory.peak - before).toBeLessThan(200)

  // One that was there, and a new one, which one of the silent gives way to.
  expect(await ask(earlier)).toMatch(/^HTTP\/1.1 200 .*served/s)
  const control = await vi.waitUntil(async () => without503(await tunnel()), { timeout: 5_000 })
  expect(await ask(control)).toMatch(/^HTTP\/1.1 200 .*served/s)

  // One line for each that was refused, or closed because its place was needed.
  const limited = () => egress.audit.filter(({ rule }) => rule === 'too-large').length
  await expect.poll(limited, { timeout: 10_000 }).toBeGreaterThan(said(503))
  for (const { end } of clients) end()
})
