import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { scratchDatabase, slug } from '../testing/scratch-log.ts'
import { EventLog } from './log.ts'

/** Appends without end, and prints the number of each event that a follower was given. */
const WRITER = `
  import { openDatabase } from './server/db.ts'
  import { EventLog } from './server/events/log.ts'
  const log = await EventLog.open(await openDatabase(process.env.SCRATCH_HOME))
  const append = () => { for (let n = 0; n < 50; n += 1) log.append('demo', { type: 'release-done', name: 'x' }) }
  setInterval(append, 1)
  for await (const batch of log.follow('demo', 0, new AbortController().signal)) console.log(batch.at(-1).seq)
`

test('a number that somebody was given is there after the server was killed, and the next one follows it', async () => {
  await using scratch = await scratchDatabase('demo')
  const writer = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', WRITER], {
    cwd: `${import.meta.dirname}/../..`,
    env: { ...process.env, SCRATCH_HOME: scratch.home },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let given = 0
  for await (const line of createInterface({ input: writer.stdout })) {
    given = Number(line)
    if (given > 1000) writer.kill('SIGKILL')
  }
  const log = await EventLog.open(scratch.db)
  const last = log.lastSeq(slug('demo'))
  expect(last).toBeGreaterThanOrEqual(given)
  log.append(slug('demo'), { type: 'state', state: 'failed', evidence: 'The server was killed.' })
  await log.flush()
  const seqs = (await scratch.db.event.findMany({ select: { seq: true }, orderBy: { seq: 'asc' } })).map(
    ({ seq }) => seq,
  )
  expect(seqs).toEqual(Array.from({ length: last + 1 }, (_, n) => n + 1))
}, 30_000)
