import { download, smallRequests, upload } from './lib/egress-load.ts'
import { Rig, usage, type Way } from './lib/egress-rig.ts'
import { report } from './lib/report.ts'
import { median, quantile } from './lib/statistics.ts'

// The egress proxy as the bundle runs it, against no proxy and against Debian's mitmproxy with an addon that does little.
const ROUNDS = 3
const ROUND_MS = 3_000
const CONNECTIONS = 32
const BODY = 512 * 1024 * 1024

using rig = await Rig.start()
const { address, port } = rig
const where = { address, port }
const direct = rig.direct()
const plain = await rig.egress('egress', false)
const scanning = await rig.egress('egress with scan', true)
const rival = await rig.mitmproxy()
if (typeof rival === 'string') console.log(`Without a rival: ${rival}`)
const ways = [direct, plain, scanning, ...(typeof rival === 'string' ? [] : [rival])]

interface Measured {
  perSecond: number[]
  /** Processor microseconds of the proxy for each request. */
  cpu: number[]
  p50: number[]
  p99: number[]
}
const small = new Map<Way, Measured>(ways.map((way) => [way, { perSecond: [], cpu: [], p50: [], p99: [] }]))
for (const way of ways) await smallRequests(way, where, { connections: CONNECTIONS, forMs: 1_500 })
for (let round = 0; round < ROUNDS; round++) {
  for (const way of ways) {
    const measured = small.get(way)!
    const before = usage(way.child).cpu
    const times = await smallRequests(way, where, { connections: CONNECTIONS, forMs: ROUND_MS })
    measured.cpu.push(((usage(way.child).cpu - before) * 1e6) / times.length)
    measured.perSecond.push((times.length * 1000) / ROUND_MS)
    const alone = await smallRequests(way, where, { connections: 1, forMs: 1_000 })
    measured.p50.push(quantile(alone, 0.5))
    measured.p99.push(quantile(alone, 0.99))
  }
}

const of = (way: Way, what: keyof Measured) => median(small.get(way)![what])
const beside = (value: (way: Way) => number) =>
  typeof rival === 'string' ? {} : { rival: value(rival), rivalName: 'mitmproxy' }
for (const [way, times] of [
  [plain, 11],
  [scanning, 8],
] as const) {
  const rate = of(way, 'perSecond')
  const cpu = of(way, 'cpu')
  const ratio = typeof rival === 'string' ? Number.NaN : of(rival, 'cpu') / cpu
  report({
    figure: `${way.name}: small requests, ${CONNECTIONS} connections`,
    unit: 'req/s',
    ours: rate,
    ...beside((other) => of(other, 'perSecond')),
    tries: ROUNDS,
  })
  report({
    figure: `${way.name}: processor time of a small request`,
    unit: 'µs',
    ours: cpu,
    ...beside((other) => of(other, 'cpu')),
    aim: `${times} times less than mitmproxy`,
    ...(Number.isFinite(ratio) && { met: ratio >= times }),
    tries: ROUNDS,
  })
  for (const [name, what] of [
    ['median', 'p50'],
    ['p99', 'p99'],
  ] as const) {
    report({
      figure: `${way.name}: latency added to one connection (${name})`,
      unit: 'ms',
      ours: of(way, what) - of(direct, what),
      ...beside((other) => of(other, what) - of(direct, what)),
      tries: ROUNDS,
    })
  }
}
report({ figure: 'no proxy: small requests', unit: 'req/s', ours: of(direct, 'perSecond'), tries: ROUNDS })

for (const [direction, carry] of [
  ['down', download],
  ['up', upload],
] as const) {
  const large = new Map(ways.map((way) => [way, { speeds: [] as number[], cpu: [] as number[] }]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const way of ways) {
      const { speeds, cpu } = large.get(way)!
      const before = usage(way.child).cpu
      speeds.push(await carry(way, where, BODY))
      cpu.push(usage(way.child).cpu - before)
    }
  }
  const body = `a body of ${BODY / 1024 ** 2} MiB ${direction}`
  for (const way of [direct, plain, scanning]) {
    const speed = (other: Way) => median(large.get(other)!.speeds)
    report({ figure: `${way.name}: ${body}`, unit: 'MB/s', ours: speed(way), ...beside(speed), tries: ROUNDS })
    if (way === direct) continue
    const cpu = (other: Way) => median(large.get(other)!.cpu)
    report({
      figure: `${way.name}: processor time of ${body}`,
      unit: 's',
      ours: cpu(way),
      ...beside(cpu),
      tries: ROUNDS,
    })
  }
}
for (const way of [plain, scanning]) {
  report({
    figure: `${way.name}: memory at most`,
    unit: 'MiB',
    ours: usage(way.child).peak,
    ...beside((other) => usage(other.child).peak),
    aim: '< 512 MiB',
    met: usage(way.child).peak < 512,
    tries: 1,
  })
}
