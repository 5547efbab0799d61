import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { halfOpen } from '../docker/bundle/testing/raw-client.ts'
import { open } from './lib/egress-load.ts'
import { HOST, Rig, usage, type Way } from './lib/egress-rig.ts'
import { report } from './lib/report.ts'
import { median, quantile } from './lib/statistics.ts'

// What a new connection through egress costs, and what connections that do nothing cost it in memory.
const ROUNDS = 3
const ROUND_MS = 2_000
const PARALLEL = 8
const IN_A_ROW = 40
const HALF_OPEN = 10_000
const AT_ONCE = 500
const ADDRESSES = 10
const TRICKLE_MS = 4_000
const LARGE = 1024 * 1024 * 1024

using rig = await Rig.start()
const { address, port } = rig
const direct = rig.direct()
const egress = await rig.egress('egress', true)
const rival = await rig.mitmproxy()
if (typeof rival === 'string') console.log(`Without a rival: ${rival}`)
const ways = [direct, egress, ...(typeof rival === 'string' ? [] : [rival])]

/** TCP, CONNECT, TLS, one request, its answer. @returns milliseconds */
async function connectAndAsk(way: Way): Promise<number> {
  const startedAt = performance.now()
  const socket = await open(way, address, port)
  const answered = once(socket, 'data') as Promise<[Buffer]>
  socket.write(`GET /v1/small HTTP/1.1\r\nHost: ${HOST}:${port}\r\n\r\n`)
  const [answer] = await answered
  const took = performance.now() - startedAt
  socket.destroy()
  if (!answer.subarray(0, 12).equals(FINE)) throw new Error(`${way.name}: ${answer}`)
  return took
}
const FINE = Buffer.from('HTTP/1.1 200')

interface Measured {
  perSecond: number[]
  p50: number[]
  p99: number[]
}
const measured = new Map<Way, Measured>(ways.map((way) => [way, { perSecond: [], p50: [], p99: [] }]))
for (const way of ways) for (let i = 0; i < 20; i++) await connectAndAsk(way)
const idle = new Map(ways.map((way) => [way, usage(way.child).rss]))
for (let round = 0; round < ROUNDS; round++) {
  for (const way of ways) {
    const { perSecond, p50, p99 } = measured.get(way)!
    let made = 0
    const until = performance.now() + ROUND_MS
    const work = async () => {
      for (; performance.now() < until; made++) await connectAndAsk(way)
    }
    await Promise.all(Array.from({ length: PARALLEL }, work))
    perSecond.push((made * 1000) / ROUND_MS)
    const times: number[] = []
    for (let i = 0; i < IN_A_ROW; i++) times.push(await connectAndAsk(way))
    p50.push(quantile(times, 0.5))
    p99.push(quantile(times, 0.99))
  }
}
const of = (way: Way, what: keyof Measured) => median(measured.get(way)![what])
const beside = (value: (way: Way) => number) =>
  typeof rival === 'string' ? {} : { rival: value(rival), rivalName: 'mitmproxy' }

report({
  figure: `${egress.name}: new connections with one request each, ${PARALLEL} at a time`,
  unit: '/s',
  ours: of(egress, 'perSecond'),
  ...beside((way) => of(way, 'perSecond')),
  tries: ROUNDS,
})
report({
  figure: 'the same without a proxy',
  unit: '/s',
  ours: of(direct, 'perSecond'),
  tries: ROUNDS,
})
for (const [name, what] of [
  ['median', 'p50'],
  ['p99', 'p99'],
] as const) {
  report({
    figure: `${egress.name}: latency added to a new connection and its first answer (${name})`,
    unit: 'ms',
    ours: of(egress, what) - of(direct, what),
    ...beside((way) => of(way, what) - of(direct, what)),
    tries: ROUNDS * IN_A_ROW,
  })
}
report({
  figure: `${egress.name}: memory, idle`,
  unit: 'MiB',
  ours: idle.get(egress)!,
  ...beside((way) => idle.get(way)!),
  tries: 1,
})

/** Reads a large answer piece by piece. @returns the most that the proxy's memory grew meanwhile, in MiB */
async function whileReadSlowly(way: Way): Promise<number> {
  const before = usage(way.child).rss
  const socket = await open(way, address, port)
  socket.write(`GET /down/${LARGE} HTTP/1.1\r\nHost: ${HOST}:${port}\r\n\r\n`)
  socket.on('data', () => {
    socket.pause()
    setTimeout(() => socket.resume(), 20)
  })
  let most = before
  for (let waited = 0; waited < TRICKLE_MS; waited += 200) {
    await sleep(200)
    most = Math.max(most, usage(way.child).rss)
  }
  socket.destroy()
  return most - before
}
report({
  figure: `${egress.name}: memory added by a client that reads 1 GiB at a trickle`,
  unit: 'MiB',
  ours: await whileReadSlowly(egress),
  ...(typeof rival === 'string' ? {} : { rival: await whileReadSlowly(rival), rivalName: 'mitmproxy' }),
  aim: '< 64 MiB',
  tries: 1,
})

/** @returns the memory of the proxy with all of them tried, in MiB, and how long a request of somebody else takes then */
async function withHalfOpen(way: Way): Promise<{ memory: number; control: number; answered: number }> {
  const clients: Awaited<ReturnType<typeof halfOpen>>[] = []
  while (clients.length < HALF_OPEN) {
    const opening = Array.from({ length: AT_ONCE }, (_, i) =>
      halfOpen(way.proxy!, `${HOST}:${port}`, `127.0.2.${1 + (i % ADDRESSES)}`),
    )
    clients.push(...(await Promise.all(opening)))
  }
  const memory = usage(way.child).rss
  await sleep(1_000)
  const control = await connectAndAsk(way)
  for (const { end } of clients) end()
  return { memory, control, answered: clients.filter(({ status }) => status > 0).length }
}
const full = await withHalfOpen(egress)
const rivalFull = typeof rival === 'string' ? null : await withHalfOpen(rival).catch(() => null)
report({
  figure: `${egress.name}: memory with ${HALF_OPEN} half-open CONNECTs tried`,
  unit: 'MiB',
  ours: full.memory,
  ...(rivalFull && { rival: rivalFull.memory, rivalName: 'mitmproxy' }),
  aim: '< 512 MiB',
  met: full.memory < 512,
  tries: 1,
})
report({
  figure: `${egress.name}: a new connection and its answer meanwhile`,
  unit: 'ms',
  ours: full.control,
  ...(rivalFull && { rival: rivalFull.control, rivalName: 'mitmproxy' }),
  tries: 1,
})
