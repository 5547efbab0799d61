import { expect, test } from 'vitest'
import type { BottleEvent } from '../contract/events.ts'
import { addBottle, collect, output, partial, scratchLog, slug } from '../testing/scratch-log.ts'
import { EventLog } from './log.ts'

const demo = slug('demo')
const note = (name: string): BottleEvent => ({ type: 'release-done', name })
const names = (count: number, from = 1) => Array.from({ length: count }, (_, index) => `${index + from}`)

test('events are numbered from 1 and lines are numbered from 1, per bottle', async () => {
  await using scratch = await scratchLog()
  const { log, db } = scratch
  await addBottle(db, 'other')
  log.append(demo, output('a', 'b'))
  log.append(slug('other'), output('x'))
  log.append(demo, note('between'))
  log.append(demo, output('c'))
  await log.flush()
  const events = await collect(log, 0, (all) => all.length === 3)
  expect(events.map(({ seq, firstLine, lines }) => [seq, firstLine, lines])).toEqual([
    [1, 1, 2],
    [2, null, 0],
    [3, 3, 1],
  ])
  expect([log.lastSeq(demo), log.lineCount(demo), log.lineCount(slug('other'))]).toEqual([3, 3, 1])
})

test('a reader gets every event once and in order while many are appended at the same time', async () => {
  await using scratch = await scratchLog()
  const { log } = scratch
  const read = collect(log, 0, (all) => all.length === 3000)
  for (let round = 0; round < 30; round += 1) {
    for (const name of names(100, round * 100 + 1)) log.append(demo, note(name))
    await new Promise(setImmediate)
  }
  const events = await read
  expect(events.map(({ seq }) => seq)).toEqual(names(3000).map(Number))
  expect(events.map(({ event }) => event.type === 'release-done' && event.name)).toEqual(names(3000))
})

test('reading goes on from any number, also after the database was closed and opened again', async () => {
  await using scratch = await scratchLog()
  for (const name of names(1200)) scratch.log.append(demo, note(name))
  await scratch.log.flush()
  const reopened = await EventLog.open(scratch.db)
  for (const name of names(3, 1201)) reopened.append(demo, note(name))
  for (const after of [0, 1, 599, 1199, 1200, 1202]) {
    const events = await collect(reopened, after, (all) => all.at(-1)?.seq === 1203)
    expect(events.map(({ seq }) => seq)).toEqual(names(1203 - after, after + 1).map(Number))
  }
})

test('a partial line is shown, and is gone from the store once its line is whole', async () => {
  await using scratch = await scratchLog()
  const { log } = scratch
  const live = collect(log, 0, (all) => all.at(-1)?.lines === 1)
  for (const text of ['10%', '20%']) {
    log.append(demo, partial(text))
    await log.flush()
  }
  log.append(demo, output('done'))
  expect((await live).map(({ event }) => event.type === 'output' && event.text)).toEqual(['10%', '20%', 'done\n'])
  await log.flush()
  const late = await collect(log, 0, (all) => all.at(-1)?.lines === 1)
  expect(late).toMatchObject([{ seq: 3, firstLine: 1, lines: 1 }])
})

test('a reader that stops reading keeps nothing in memory, and later gets every event once and in order', async () => {
  await using scratch = await scratchLog()
  const { log } = scratch
  const stop = new AbortController()
  const reader = log.follow(demo, 0, stop.signal)
  log.append(demo, note('1'))
  const first = await reader.next()
  const seqs = first.done ? [] : first.value.map(({ seq }) => Number(seq))
  for (const name of names(3000, 2)) log.append(demo, { ...note(name), name: name.padEnd(1000) } as BottleEvent)
  await log.flush()
  const batches: number[] = []
  for await (const batch of reader) {
    batches.push(batch.length)
    seqs.push(...batch.map(({ seq }) => Number(seq)))
    if (seqs.length === 3001) stop.abort()
  }
  expect(seqs).toEqual(names(3001).map(Number))
  // It is handed small batches from the store, then what the log itself remembers for everybody.
  expect(Math.max(...batches)).toBeLessThanOrEqual(512)
})

test('secrets are masked before anybody sees them, and never reach the file', async () => {
  await using scratch = await scratchLog()
  const { log, db } = scratch
  log.mask(demo, ['hunter2hunter2'])
  log.append(demo, output('the token is hunter2hunter2'))
  log.append(demo, { type: 'state', state: 'failed', evidence: 'said hunter2hunter2' })
  const events = await collect(log, 0, (all) => all.length === 2)
  expect(JSON.stringify(events)).not.toContain('hunter2')
  expect(events[0]?.event).toMatchObject({ text: 'the token is •••\n' })
  expect(JSON.stringify(await db.event.findMany({ select: { data: true } }))).not.toContain('hunter2')
})

test('following a bottle that is over ends by itself when asked to, and waits otherwise', async () => {
  await using scratch = await scratchLog()
  const { log } = scratch
  log.append(demo, output('a'))
  log.append(demo, { type: 'state', state: 'stopped', evidence: 'stopped by you' })
  await log.flush()
  const reopened = await EventLog.open(scratch.db)
  for (const [source, after] of [
    [log, 0],
    [reopened, 0],
    [reopened, 2],
  ] as const) {
    const seqs: number[] = []
    for await (const batch of source.follow(demo, after, new AbortController().signal, { untilOver: true })) {
      seqs.push(...batch.map(({ seq }) => Number(seq)))
    }
    expect(seqs).toEqual([1, 2].slice(after))
  }
})

test('a bottle that starts again after its end goes on with its numbers', async () => {
  await using scratch = await scratchLog()
  scratch.log.append(demo, { type: 'state', state: 'stopped', evidence: '' })
  await scratch.log.flush()
  const reopened = await EventLog.open(scratch.db)
  reopened.append(demo, { type: 'state', state: 'launching', evidence: 'resumed' })
  const events = await collect(reopened, 1, (all) => all.length === 1)
  expect(events).toMatchObject([{ seq: 2, event: { state: 'launching' } }])
})

test('removing a log ends its readers and leaves no row', async () => {
  await using scratch = await scratchLog()
  const { log, db } = scratch
  log.append(demo, output('a'))
  const reading = collect(log, 0, () => false)
  await log.flush()
  log.append(demo, output('on its way'))
  await log.remove(demo)
  expect((await reading).length).toBeLessThanOrEqual(1)
  expect(await db.event.count()).toBe(0)
  expect([log.lastSeq(demo), log.lineCount(demo)]).toEqual([0, 0])
})

test('a number beyond the end counts as the end', async () => {
  await using scratch = await scratchLog()
  const { log } = scratch
  log.append(demo, note('old'))
  await log.flush()
  const reading = collect(log, 999, (all) => all.length === 1)
  await new Promise(setImmediate)
  log.append(demo, note('new'))
  expect(await reading).toMatchObject([{ seq: 2 }])
})
