import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import path from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { finished } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import { LineBatcher } from '../server/events/line-batcher.ts'
import { EventLog } from '../server/events/log.ts'
import { addBottle, scratchDatabase, slug } from '../server/testing/scratch-log.ts'
import { report } from './lib/report.ts'
import { median, timings } from './lib/statistics.ts'

const LINES = 200_000
const TRIES = 5
const CHUNK = 64 * 1024
const SECRETS = ['ghp_0123456789abcdefghijklmnopqrstuvwxyz', 'sk-ant-REDACTED-0123456789', 'correct horse battery']

/** What a build prints: 200,000 lines of about 90 characters with colours, 19 MB. */
const text = Buffer.from(
  Array.from(
    { length: LINES },
    (_, n) =>
      `#12 ${n}.3 \x1b[32mSetting up\x1b[0m package-number-${n} (1.2.${n % 97}-1) from the archive of this release ...\n`,
  ).join(''),
)

await using scratch = await scratchDatabase()
const log = await EventLog.open(scratch.db)
let bottles = 0

/** A new bottle's log: chunks in, batched, masked, numbered, stored, and read by a follower. */
async function throughTheLog(secrets: readonly string[]): Promise<void> {
  const name = slug(`bench-${bottles++}`)
  await addBottle(scratch.db, name)
  log.mask(name, secrets)
  const stop = new AbortController()
  const reading = (async () => {
    let lines = 0
    for await (const batch of log.follow(name, 0, stop.signal)) {
      for (const stored of batch) lines += stored.lines
      if (lines >= LINES) stop.abort()
    }
  })()
  const batcher = new LineBatcher('agent image', (event) => log.append(name, event))
  for (let from = 0; from < text.length; from += CHUNK) {
    batcher.write('stdout', text.subarray(from, from + CHUNK))
    await setImmediate()
  }
  batcher.flush()
  await reading
}

/** The same chunks into a plain file. */
async function intoAFile(): Promise<void> {
  const file = createWriteStream(path.join(scratch.home, 'plain.log'))
  for (let from = 0; from < text.length; from += CHUNK) {
    if (!file.write(text.subarray(from, from + CHUNK))) await once(file, 'drain')
  }
  file.end()
  await finished(file)
}

const perSecond = (milliseconds: readonly number[]) => Math.round((LINES / median(milliseconds)) * 1000)

const stalls = monitorEventLoopDelay({ resolution: 1 })
stalls.enable()
const plain = perSecond(await timings(TRIES, () => throughTheLog([])))
stalls.disable()
const masked = perSecond(await timings(TRIES, () => throughTheLog(SECRETS)))
const file = perSecond(await timings(TRIES, intoAFile))
report({
  figure: 'log lines: printed → stored → read by a follower',
  unit: 'lines/s',
  ours: plain,
  rival: file,
  rivalName: 'plain file, not read',
  aim: '≥ 10,000 lines/s',
  met: plain >= 10_000,
  tries: TRIES,
})
report({
  figure: 'log lines, three secrets masked',
  unit: 'lines/s',
  ours: masked,
  aim: '≥ 10,000 lines/s',
  met: masked >= 10_000,
  tries: TRIES,
})
report({
  figure: 'event loop while storing at full speed (99th percentile)',
  unit: 'ms',
  ours: stalls.percentile(99) / 1e6,
  aim: '< 50 ms',
  met: stalls.percentile(99) / 1e6 < 50,
  tries: TRIES,
})

const demo = slug('bench-0')
const opening = median(
  await timings(20, async () => {
    await log.outline(demo)
    await log.page(demo, LINES - 199, 200)
  }),
)
report({
  figure: `log of ${LINES.toLocaleString('en')} lines: outline and first window`,
  unit: 'ms',
  ours: opening,
  aim: '< 1000 ms',
  met: opening < 1000,
  tries: 20,
})

const searchStalls = monitorEventLoopDelay({ resolution: 1 })
searchStalls.enable()
const searching = median(await timings(TRIES, () => log.search(demo, { query: 'package-number-199999' })))
searchStalls.disable()
report({ figure: `search through ${LINES.toLocaleString('en')} lines`, unit: 'ms', ours: searching, tries: TRIES })
report({
  figure: 'event loop during a search (99th percentile)',
  unit: 'ms',
  ours: searchStalls.percentile(99) / 1e6,
  aim: '< 50 ms',
  met: searchStalls.percentile(99) / 1e6 < 50,
  tries: TRIES,
})
