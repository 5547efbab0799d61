import { expect, test } from 'vitest'
import type { EventSeq } from '../contract/ids.ts'
import { BottleBench } from '../testing/bottle-bench.ts'
import { followTab, type TabItem } from './follow-tab.ts'

const NONE = 0 as EventSeq

/** Reads until a condition holds. */
async function read(items: AsyncIterable<TabItem>, until: (item: TabItem) => boolean): Promise<TabItem[]> {
  const seen: TabItem[] = []
  for await (const item of items) {
    seen.push(item)
    if (until(item)) break
  }
  return seen
}
const isLive = ({ message }: TabItem) => message.kind === 'live'

test('a tab first gets the engine, then every bottle, then what is stored, then `live`', async () => {
  await using bench = await BottleBench.started()
  const slug = await bench.launch()
  await bench.until(slug, 'running')
  await bench.room.events.flush()
  const parts = { ...bench.room, engine: () => bench.service.engine }
  const seen = await read(followTab(parts, { slug, after: NONE }, AbortSignal.timeout(10_000)), isLive)
  const kinds = seen.map(({ message }) => message.kind)
  expect(kinds.slice(0, 2)).toEqual(['engine', 'bottle'])
  expect(kinds.at(-1)).toBe('live')
  const events = seen.flatMap(({ message }) => (message.kind === 'events' ? message.events : []))
  expect(events[0]?.event).toMatchObject({ type: 'state', state: 'launching' })
  expect(seen.at(-1)?.seq).toBe(bench.room.events.lastSeq(slug))
})

test('a tab that comes back gets only what it does not have, and then what happens', async () => {
  await using bench = await BottleBench.started()
  const slug = await bench.launch()
  await bench.until(slug, 'running')
  await bench.room.events.flush()
  const after = bench.room.events.lastSeq(slug)
  const parts = { ...bench.room, engine: () => bench.service.engine }
  const tab = followTab(parts, { slug, after }, AbortSignal.timeout(10_000))
  const reading = read(tab, ({ message }) => message.kind === 'events')
  bench.backend.end(slug, 0)
  const seen = await reading
  const news = seen.flatMap(({ message }) => (message.kind === 'events' ? message.events : []))
  expect(news.every(({ seq }) => seq > after)).toBe(true)
  expect(seen.findIndex(isLive)).toBeGreaterThan(-1)
  expect(seen.findIndex(isLive)).toBeLessThan(seen.length - 1)
})

test('a tab without a bottle is told of every change', async () => {
  await using bench = await BottleBench.started()
  const parts = { ...bench.room, engine: () => bench.service.engine }
  const tab = followTab(parts, { slug: null, after: NONE }, AbortSignal.timeout(10_000))
  const reading = read(tab, ({ message }) => message.kind === 'bottle' && message.bottle.state === 'running')
  const slug = await bench.launch()
  expect((await reading).at(-1)?.message).toMatchObject({ kind: 'bottle', bottle: { slug, state: 'running' } })
})
