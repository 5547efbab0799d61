import { readFileSync } from 'node:fs'
import { Dashboard } from '../e2e/fixtures/dashboard.ts'
import { removeAllOf } from '../e2e/fixtures/engine.ts'
import { launchByProcedure, untilState } from '../e2e/fixtures/launch.ts'
import { report } from './lib/report.ts'

// What the server itself needs, idle and with twenty bottles whose shells run.
const BOTTLES = 20

const dashboard = await Dashboard.start()
try {
  await fetch(dashboard.url).then((answer) => answer.text())
  report({ figure: 'server memory, idle', unit: 'MiB', ours: await settledMemory(), tries: 1 })
  for (let i = 0; i < BOTTLES; i += 4) {
    const slugs = await Promise.all([0, 1, 2, 3].map((n) => launchByProcedure(dashboard, { label: `bottle ${i + n}` })))
    await Promise.all(slugs.map((slug) => untilState(dashboard, slug, 'running', 15 * 60_000)))
  }
  const ours = await settledMemory()
  const aim = { aim: '< 200 MiB', met: ours < 200 }
  report({ figure: `server memory, ${BOTTLES} bottles`, unit: 'MiB', ours, ...aim, tries: 1 })
} finally {
  await dashboard.end()
  await removeAllOf(dashboard.home)
}

/** Resident memory once it has stopped moving: the least of ten readings over five seconds. */
async function settledMemory(): Promise<number> {
  const readings: number[] = []
  for (let i = 0; i < 10; i++) {
    const status = readFileSync(`/proc/${dashboard.pid}/status`, 'utf8')
    readings.push(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024)
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  return Math.min(...readings)
}
