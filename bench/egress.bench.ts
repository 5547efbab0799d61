import { download, smallRequests, upload } from './lib/egress-load.ts'
import { Rig, usage, type Way } from './lib/egress-rig.ts'
import { report } from './lib/report.ts'
import { median, quantile } from './lib/statistics.ts'

// The egress proxy as the bundle runs it, against no proxy and against Debian's mitmproxy with an addon that does little.
const ROUNDS = 3
const ROUND_MS = 3_000
const CONNECTIONS = 32
const BODY = 1024 * 1024 * 1024
/** A scanned upload is bound by the scanner, so a quarter tells as much. */
const SCANNED_BODY = 256 * 1024 * 1024

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

for (const way of ways) {
  if (way === rival) continue
  report({
    figure: `${way.name}: a body of 1 GiB down`,
    unit: 'MB/s',
    ours: await download(way, where, BODY),
    ...(typeof rival === 'string' ? {} : { rival: await download(rival, where, BODY), rivalName: 'mitmproxy' }),
    tries: 1,
  })
  const size = way === scanning ? SCANNED_BODY : BODY
  report({
    figure: `${way.name}: a body of ${size / 1024 ** 2} MiB up`,
    unit: 'MB/s',
    ours: await upload(way, where, size),
    ...(typeof rival === 'string' ? {} : { rival: await upload(rival, where, size), rivalName: 'mitmproxy' }),
    tries: 1,
  })
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
