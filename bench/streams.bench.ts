import { once } from 'node:events'
import { open } from './lib/egress-load.ts'
import { HOST, Rig, type Way } from './lib/egress-rig.ts'
import { report } from './lib/report.ts'
import { median, quantile } from './lib/statistics.ts'

// How long what is said in pieces takes through egress: events as models send them, and echoes over a WebSocket.
const ROUNDS = 5
const EVENTS = 100
const ECHOES = 500
const KEY = Buffer.from('a bench of echos').toString('base64')

using rig = await Rig.start()
const { address, port } = rig
const direct = rig.direct()
const egress = await rig.egress('egress', true)
const rival = await rig.mitmproxy()
if (typeof rival === 'string') console.log(`Without a rival: ${rival}`)
const ways = [direct, egress, ...(typeof rival === 'string' ? [] : [rival])]

interface Streamed {
  /** Of each event, milliseconds from when the upstream wrote it. */
  latencies: number[]
  /** Milliseconds from the request to its first event, on a connection that has been used before. */
  first: number
  /** The same from before the connection is there, without which a proxy that connects ahead would seem quick. */
  fromNothing: number
}

async function events(way: Way): Promise<Streamed> {
  const used = await listen(way, true)
  const fresh = await listen(way, false)
  return { latencies: [...used.latencies, ...fresh.latencies], first: used.first, fromNothing: fresh.first }
}

/** @param isUsed the connection is, by a small request, before any time is taken */
async function listen(way: Way, isUsed: boolean): Promise<{ latencies: number[]; first: number }> {
  let startedAt = performance.now()
  const socket = await open(way, address, port)
  if (isUsed) {
    const answered = once(socket, 'data')
    socket.write(`GET /v1/small HTTP/1.1\r\nHost: ${HOST}:${port}\r\n\r\n`)
    await answered
    startedAt = performance.now()
  }
  const latencies: number[] = []
  let first = Number.NaN
  socket.write(`GET /events/${EVENTS} HTTP/1.1\r\nHost: ${HOST}:${port}\r\nAccept: text/event-stream\r\n\r\n`)
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject).once('close', () => reject(new Error(`${way.name}: cut`)))
    socket.on('data', (chunk: Buffer) => {
      const now = Number(process.hrtime.bigint() / 1000n)
      for (const [, sent] of chunk.toString('latin1').matchAll(/data: (\d+)\n/g)) {
        if (latencies.length === 0) first = performance.now() - startedAt
        latencies.push((now - Number(sent)) / 1000)
      }
      if (latencies.length === EVENTS) resolve()
    })
  })
  socket.destroy()
  return { latencies, first }
}

/** @returns milliseconds of each echo, one after another */
async function echoes(way: Way): Promise<number[]> {
  const socket = await open(way, address, port)
  socket.write(
    `GET /live HTTP/1.1\r\nHost: ${HOST}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\n\r\n`,
  )
  const [answer] = (await once(socket, 'data')) as [Buffer]
  if (!/^HTTP\/1.1 101 /.test(answer.toString('latin1'))) throw new Error(`${way.name}: ${answer}`)
  // A text frame as a client must send it, masked with zeros: the echo is not what a server may send, so mitmproxy,
  // which reads frames, would refuse it. Hence an unmasked one, which egress and no proxy at all pass on alike.
  const frame = Buffer.concat([Buffer.from([0x81, 0x20]), Buffer.alloc(32, 'a')])
  const times: number[] = []
  for (let i = 0; i < ECHOES; i++) {
    const startedAt = performance.now()
    const back = once(socket, 'data')
    socket.write(frame)
    await back
    times.push(performance.now() - startedAt)
  }
  socket.destroy()
  return times
}

const streamed = new Map<Way, Streamed[]>(ways.map((way) => [way, []]))
const echoed = new Map<Way, number[][]>([direct, egress].map((way) => [way, []]))
for (const way of ways) await events(way)
for (let round = 0; round < ROUNDS; round++) {
  for (const way of ways) streamed.get(way)!.push(await events(way))
  for (const way of [direct, egress]) echoed.get(way)!.push(await echoes(way))
}

const beside = (value: (way: Way) => number) =>
  typeof rival === 'string' ? {} : { rival: value(rival), rivalName: 'mitmproxy' }
const event = (way: Way, q: number) => median(streamed.get(way)!.map(({ latencies }) => quantile(latencies, q)))
const first = (way: Way) => median(streamed.get(way)!.map((stream) => stream.first))
const fromNothing = (way: Way) => median(streamed.get(way)!.map((stream) => stream.fromNothing))
const echo = (way: Way, q: number) => median(echoed.get(way)!.map((times) => quantile(times, q)))

report({
  figure: `${egress.name}: first event after the request, added to no proxy (median)`,
  unit: 'ms',
  ours: first(egress) - first(direct),
  ...beside((way) => first(way) - first(direct)),
  tries: ROUNDS,
})
report({
  figure: `${egress.name}: first event with the connection, added to no proxy (median)`,
  unit: 'ms',
  ours: fromNothing(egress) - fromNothing(direct),
  ...beside((way) => fromNothing(way) - fromNothing(direct)),
  tries: ROUNDS,
})
for (const [name, q] of [
  ['median', 0.5],
  ['p99', 0.99],
] as const) {
  report({
    figure: `${egress.name}: an event from the upstream to the client (${name})`,
    unit: 'ms',
    ours: event(egress, q),
    ...beside((way) => event(way, q)),
    tries: 2 * ROUNDS * EVENTS,
  })
  report({
    figure: `the same without a proxy (${name})`,
    unit: 'ms',
    ours: event(direct, q),
    tries: 2 * ROUNDS * EVENTS,
  })
  report({
    figure: `${egress.name}: echo over a WebSocket (${name})`,
    unit: 'ms',
    ours: echo(egress, q),
    rival: echo(direct, q),
    rivalName: 'no proxy',
    tries: ROUNDS * ECHOES,
  })
}
