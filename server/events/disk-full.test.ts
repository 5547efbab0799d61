import { expect, test } from 'vitest'
import type { Database } from '../db.ts'
import { addBottle, collect, output, scratchLog, slug } from '../testing/scratch-log.ts'

const demo = slug('demo')
const lines = (count: number) => Array.from({ length: count }, (_, n) => `line ${n} ${'x'.repeat(80)}`)

/** Lets the database grow no further, as a full disk does. */
async function fill(db: Database): Promise<void> {
  const [pages] = await db.$queryRaw<{ page_count: number | bigint }[]>`PRAGMA page_count`
  await db.$queryRawUnsafe(`PRAGMA max_page_count = ${Number(pages!.page_count)}`)
}
const empty = (db: Database) => db.$queryRawUnsafe('PRAGMA max_page_count = 1000000')

test('a full disk costs output and nothing else; the log says where lines are missing, how many and why', async () => {
  const problems: (string | null)[] = []
  await using scratch = await scratchLog({ onProblem: (_slug, why) => problems.push(why) })
  const { log, db } = scratch
  log.append(demo, { type: 'step-started', step: 'agent image' })
  log.append(demo, output('before'))
  await log.flush()
  await fill(db)
  log.append(demo, output(...lines(2000)))
  log.append(demo, { type: 'step-done', step: 'agent image', durationMs: 1 })
  await log.flush()
  log.append(demo, output(...lines(500)))
  log.append(demo, { type: 'state', state: 'running', evidence: 'up' })
  await empty(db)
  const events = await collect(log, 0, (all) => all.at(-1)?.event.type === 'state')
  expect(events.map(({ event }) => event)).toMatchObject([
    { type: 'step-started' },
    { type: 'output', text: 'before\n' },
    { type: 'dropped', lines: 2000, why: 'The disk is full.', step: 'agent image' },
    { type: 'step-done' },
    { type: 'dropped', lines: 500 },
    { type: 'state' },
  ])
  expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6])
  expect(problems).toEqual(['The disk is full.', null])
  log.append(demo, output('after'))
  await log.flush()
  expect((await log.page(demo, 1, 10)).lines.map(({ text }) => text)).toEqual(['before', 'after'])
})

test('a disk that is full for one bottle holds up no reader of another', async () => {
  await using scratch = await scratchLog()
  const { log, db } = scratch
  await addBottle(db, 'other')
  log.append(demo, output('readable'))
  await log.flush()
  await fill(db)
  log.append(slug('other'), output(...lines(5000)))
  await log.flush()
  expect((await collect(log, 0, () => true)).length).toBe(1)
  expect(log.lineCount(slug('other'))).toBe(0)
})

test('events of a bottle that was removed meanwhile are let go, without an error', async () => {
  await using scratch = await scratchLog({ onProblem: (_slug, why) => expect.unreachable(String(why)) })
  const { log, db } = scratch
  await db.bottle.delete({ where: { slug: 'demo' } })
  log.append(demo, output('too late'))
  await log.flush()
  expect(log.lastSeq(demo)).toBe(0)
})
