import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { Dashboard } from '../e2e/fixtures/dashboard.ts'
import { engine, removeAllOf } from '../e2e/fixtures/engine.ts'
import { launchByProcedure, untilState } from '../e2e/fixtures/launch.ts'
import { EGRESS_PORT } from '../server/contract/bundle.ts'
import type { BottleSlug } from '../server/contract/ids.ts'
import { report } from './lib/report.ts'
import { median, timings } from './lib/statistics.ts'

// What the boundary costs the operator: its proof, a change of its routes, and closing it, on real bottles.
const BOTTLES = Number(process.env.BOT_BOTTLE_BENCH_BOTTLES ?? 20)
const TRIES = 7
const TUNNELS = 50
const ALLOWED = 'allowed.example.com'
const run = promisify(execFile)
/** What tsx puts into functions to keep their names. */
const NAMELESS = 'const __name = (work) => work;'

const dashboard = await Dashboard.start()
try {
  const slugs: BottleSlug[] = []
  // One after another: launches are not what is measured, and a crowd of them only slows each other down.
  while (slugs.length < BOTTLES) {
    const slug = await launchByProcedure(dashboard, { label: `bottle ${slugs.length}` })
    await untilState(dashboard, slug, 'running', 15 * 60_000)
    slugs.push(slug)
  }
  const slug = slugs[0]!
  await probes(slug)
  await routeChanges(slug)
  await freezeOfOne(slug)
  await freezeOfAll(slugs)
} finally {
  await dashboard.end()
  await removeAllOf(dashboard.home)
}

async function probes(slug: BottleSlug): Promise<void> {
  const times = await timings(TRIES, () => dashboard.mutate('network.probe', { slug }))
  const rival = await timings(TRIES, () => run('docker', ['exec', `bot-bottle-${slug}`, 'node', '-e', '0']))
  const ours = median(times)
  report({
    figure: `boundary probe of a real bottle, ${BOTTLES} bottles up (median)`,
    unit: 'ms',
    ours,
    rival: median(rival),
    rivalName: 'docker exec node -e 0',
    aim: '< 300 ms',
    met: ours < 300,
    tries: TRIES,
  })
}

/** From the call that changes the routes to the first tunnel from inside that is answered by the new ones. */
async function routeChanges(slug: BottleSlug): Promise<void> {
  const times: number[] = []
  for (let i = 0; i < TRIES; i++) {
    const host = `new-${i}.example.com`
    const guest = await inside(slug, untilAllowed, host)
    const startedAt = Date.now()
    await dashboard.mutate('routes.allow', { slug, ...everything(host) })
    times.push((await guest.says()) - startedAt)
  }
  const ours = median(times)
  report({
    figure: 'change of routes to the first tunnel it allows (median)',
    unit: 'ms',
    ours,
    aim: '< 500 ms',
    met: ours < 500,
    tries: TRIES,
  })
}

/** From the key to the last of its live connections being cut. */
async function freezeOfOne(slug: BottleSlug): Promise<void> {
  await dashboard.mutate('routes.allow', { slug, ...everything(ALLOWED) })
  const times: number[] = []
  for (let i = 0; i < TRIES; i++) {
    const guest = await inside(slug, holdTunnels, ALLOWED)
    const startedAt = Date.now()
    await dashboard.mutate('routes.freeze', { slug, frozen: true })
    times.push((await guest.says()) - startedAt)
    await dashboard.mutate('routes.freeze', { slug, frozen: false })
  }
  const ours = median(times)
  const figure = `freeze of one bottle to the last of its ${TUNNELS} TLS connections cut (median)`
  report({ figure, unit: 'ms', ours, aim: '< 500 ms', met: ours < 500, tries: TRIES })
}

/** Until egress of each has said that it is closed. What a person would otherwise do: pause the containers. */
async function freezeOfAll(slugs: readonly BottleSlug[]): Promise<void> {
  const frozen: number[] = []
  const paused: number[] = []
  const names = slugs.map((slug) => `bot-bottle-${slug}-sidecars`)
  for (let i = 0; i < TRIES; i++) {
    const startedAt = performance.now()
    const results = await dashboard.mutate('routes.freeze', { slug: null, frozen: true })
    frozen.push(performance.now() - startedAt)
    const open = results.filter((result) => !result.frozen || result.tookMs === null)
    if (results.length !== slugs.length || open.length > 0) throw new Error(`Not all closed: ${JSON.stringify(open)}`)
    await dashboard.mutate('routes.freeze', { slug: null, frozen: false })
    const pausedAt = performance.now()
    await run('docker', ['pause', ...names])
    paused.push(performance.now() - pausedAt)
    await run('docker', ['unpause', ...names])
  }
  const ours = median(frozen)
  report({
    figure: `freeze of ${slugs.length} bottles, until each has said so (median)`,
    unit: 'ms',
    ours,
    rival: median(paused),
    rivalName: 'docker pause',
    aim: '< 1000 ms',
    met: ours < 1000,
    tries: TRIES,
  })
}

function everything(host: string) {
  return { host, port: 443, methods: ['GET'], path: { type: 'prefix' as const, value: '/' } }
}

interface Guest {
  /** The next line that it says, a time in epoch milliseconds: bottle and server share a clock. */
  says(): Promise<number>
}

/** Runs a function in a bottle, and waits until it has begun. It is given the proxy's address, a host, and how many tunnels. */
async function inside(slug: BottleSlug, work: (proxy: string, host: string, count: number) => void, host: string) {
  const bundle = await engine.getContainer(`bot-bottle-${slug}-sidecars`).inspect()
  const address = bundle.NetworkSettings.Networks[`bot-bottle-${slug}`]?.IPAddress
  const given = [`${address}:${EGRESS_PORT}`, host, TUNNELS].map((value) => JSON.stringify(value)).join(', ')
  const child: ChildProcessByStdio<null, Readable, null> = spawn(
    'docker',
    ['exec', `bot-bottle-${slug}`, 'node', '-e', `${NAMELESS}(${work})(${given})`],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error('The program in the bottle ended without a word.')
    return Number(value)
  }
  await next()
  const says = async () => {
    const at = await next()
    if (child.exitCode === null) await once(child, 'exit')
    return at
  }
  return { says } satisfies Guest
}

/** In the bottle: asks for one tunnel after another, and says when the first is opened. */
function untilAllowed(proxy: string, host: string): void {
  const [address, port] = proxy.split(':')
  const ask = () => {
    const socket = require('node:net').connect(Number(port), address, () => {
      socket.write(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`)
    })
    socket.once('data', (chunk: Buffer) => {
      const now = Date.now()
      socket.destroy()
      if (!chunk.toString('latin1').startsWith('HTTP/1.1 200')) return void setTimeout(ask, 2)
      console.log(now)
    })
  }
  console.log(Date.now())
  ask()
}

/** In the bottle: opens tunnels with TLS in them, says so, and says when nothing holds it any more: the last was cut. */
function holdTunnels(proxy: string, host: string, count: number): void {
  const [address, port] = proxy.split(':')
  let open = 0
  for (let i = 0; i < count; i++) {
    const socket = require('node:net').connect(Number(port), address, () => {
      socket.write(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`)
    })
    socket.on('error', () => {})
    socket.once('data', () => {
      const tls = require('node:tls').connect({ socket, servername: host, rejectUnauthorized: false }, () => {
        if (++open === count) console.log(Date.now())
      })
      tls.on('error', () => {}).resume()
    })
  }
  process.on('exit', () => open === count && console.log(Date.now()))
}
