import { Dashboard } from '../e2e/fixtures/dashboard.ts'
import { removeAllOf } from '../e2e/fixtures/engine.ts'
import { launchByProcedure, untilState } from '../e2e/fixtures/launch.ts'
import type { BottleSlug } from '../server/contract/ids.ts'
import { startBareNext } from './lib/bare-next.ts'
import { makeChatty } from './lib/chatty.ts'
import { memoryOf, processorOf, settledMemory } from './lib/process-memory.ts'
import { report } from './lib/report.ts'
import { quantile } from './lib/statistics.ts'
import { tabStream } from './lib/tab-stream.ts'
import { watchOverview } from './lib/watched-overview.ts'

// What fifty bottles cost: the server's memory and processor, idle and at work, and how smoothly the overview shows them.
const BOTTLES = 50
const AT_ONCE = 4
const SECONDS = 20

const next = await startBareNext()
const rival = await settledMemory(next.pid)
next.end()
const dashboard = await Dashboard.start()
try {
  await openOverview()
  const idle = await settledMemory(dashboard.pid)
  const bare = { unit: 'MiB', rivalName: 'next start, the same pages', tries: 1 }
  report({ figure: 'server memory, idle', ours: idle.resident, rival: rival.resident, ...bare })
  report({ figure: 'server memory, idle, its own pages (RssAnon)', ours: idle.own, rival: rival.own, ...bare })

  const slugs: BottleSlug[] = []
  while (slugs.length < BOTTLES) {
    const labels = Array.from({ length: AT_ONCE }, (_, n) => `bottle ${slugs.length + n}`).slice(
      0,
      BOTTLES - slugs.length,
    )
    slugs.push(...(await Promise.all(labels.map(launched))))
  }
  const most = memoryOf(dashboard.pid).peak
  await openOverview()
  const quiet = await settledMemory(dashboard.pid)
  const aim = { aim: '< 200 MiB', met: quiet.resident < 200 }
  const each = (quiet.own - idle.own) / BOTTLES
  report({ figure: `server memory, ${BOTTLES} bottles`, unit: 'MiB', ours: quiet.resident, ...aim, tries: 1 })
  report({
    figure: `server memory, ${BOTTLES} bottles, its own pages (RssAnon)`,
    unit: 'MiB',
    ours: quiet.own,
    tries: 1,
  })
  report({
    figure: 'server memory, each bottle',
    unit: 'MiB',
    ours: each,
    aim: '< 1 MiB',
    met: each < 1,
    tries: BOTTLES,
  })
  report({ figure: `server memory, most while ${BOTTLES} were launched`, unit: 'MiB', ours: most, tries: 1 })

  for (const slug of slugs) await makeChatty(dashboard, slug)
  const before = processorOf(dashboard.pid)
  const { messages, bytes } = await tabStream(dashboard, SECONDS)
  const processor = (processorOf(dashboard.pid) - before) / SECONDS
  console.log(
    `Stream to one tab: ${Math.round(messages)} bottles a second, ${Math.round(bytes / messages)} bytes each.`,
  )
  const atWork = `${BOTTLES} bottles at work`
  report({ figure: `stream to one tab, ${atWork}`, unit: 'kB/s', ours: bytes / 1000, tries: 1 })
  report({ figure: `server processor, ${atWork}, one tab`, unit: 'ms/s', ours: processor, tries: 1 })

  const { frames, busy } = await watchOverview(dashboard.url, BOTTLES, SECONDS)
  const longest = Math.max(...frames)
  const most99 = Math.round(quantile(frames, 0.99))
  console.log(`${frames.length} frames, 99 % within ${most99} ms.`)
  const smooth = { aim: '< 50 ms', met: longest < 50 }
  report({ figure: `overview, ${atWork}: longest frame`, unit: 'ms', ours: longest, ...smooth, tries: frames.length })
  report({ figure: `overview, ${atWork}: main thread of the page`, unit: 'ms/s', ours: busy, tries: 1 })
  const working = await settledMemory(dashboard.pid)
  report({
    figure: `server memory, ${BOTTLES} bottles at work`,
    unit: 'MiB',
    ours: working.resident,
    aim: '< 200 MiB',
    met: working.resident < 200,
    tries: 1,
  })
} finally {
  await dashboard.end()
  await removeAllOf(dashboard.home)
}

async function openOverview(): Promise<void> {
  await fetch(dashboard.url).then((answer) => answer.text())
}

async function launched(label: string): Promise<BottleSlug> {
  const slug = await launchByProcedure(dashboard, { label })
  await untilState(dashboard, slug, 'running', 15 * 60_000)
  return slug
}
