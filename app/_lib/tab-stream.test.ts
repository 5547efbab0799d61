import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { StoredEvent } from '@/server/contract/events.ts'
import type { BottleSlug, EventSeq } from '@/server/contract/ids.ts'
import { TabStore } from './tab-store'
import { type OpenStream, type StreamHandlers, TabStream } from './tab-stream'

const web = 'web' as BottleSlug
const docs = 'docs' as BottleSlug
const event = (seq: number): StoredEvent => ({
  seq: seq as EventSeq,
  at: 0,
  firstLine: null,
  lines: 0,
  event: { type: 'step-started', step: 'networks' },
})

let opened: { slug: BottleSlug | null; after: number; handlers: StreamHandlers; closed: boolean }[]
let stream: TabStream
const current = () => opened.at(-1)!
const send = (slug: BottleSlug, ...seqs: number[]) =>
  current().handlers.onMessage({ kind: 'events', slug, events: seqs.map(event) })

function watcher(slug: BottleSlug, last = 0) {
  const seen: number[] = []
  return {
    seen,
    slug,
    last: last as EventSeq,
    onEvents: (events: readonly StoredEvent[]) => void seen.push(...events.map(({ seq }) => seq)),
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  opened = []
  const open: OpenStream = ({ slug, after }, handlers) => {
    const entry = { slug, after, handlers, closed: false }
    opened.push(entry)
    return () => {
      entry.closed = true
    }
  }
  stream = new TabStream(new TabStore((tell) => tell()), open)
})
afterEach(() => vi.useRealTimers())

test('one stream, opened when the tab wakes and closed when it sleeps', () => {
  stream.setAwake(true)
  vi.runAllTimers()
  expect(opened).toMatchObject([{ slug: null, after: 0 }])
  stream.setAwake(false)
  vi.runAllTimers()
  expect(current().closed).toBe(true)
})

test('a page change by unmounting and mounting costs one stream', () => {
  stream.setAwake(true)
  vi.runAllTimers()
  const leave = stream.watch(watcher(web))
  vi.runAllTimers()
  leave()
  stream.watch(watcher(docs))
  vi.runAllTimers()
  expect(opened.map(({ slug }) => slug)).toEqual([null, web, docs])
})

test('a watcher gets each event once, also when the transport repeats some', () => {
  const one = watcher(web, 2)
  stream.setAwake(true)
  stream.watch(one)
  vi.runAllTimers()
  expect(current().after).toBe(2)
  send(web, 3, 4)
  send(web, 3, 4, 5)
  send(docs, 9)
  expect(one.seen).toEqual([3, 4, 5])
})

test('after sleep and after an error it goes on from where it stood', () => {
  const one = watcher(web)
  stream.setAwake(true)
  stream.watch(one)
  vi.runAllTimers()
  send(web, 1, 2, 3)
  stream.setAwake(false)
  vi.runAllTimers()
  stream.setAwake(true)
  vi.runAllTimers()
  expect(current().after).toBe(3)
  current().handlers.onError(new Error('gone'))
  vi.runAllTimers()
  expect(opened).toHaveLength(3)
  expect(current().after).toBe(3)
})

test('a second watcher that needs more makes the stream begin earlier, and the first is told nothing twice', () => {
  const first = watcher(web, 5)
  stream.setAwake(true)
  stream.watch(first)
  vi.runAllTimers()
  const second = watcher(web, 0)
  stream.watch(second)
  vi.runAllTimers()
  expect(current().after).toBe(0)
  send(web, 1, 2, 3, 4, 5, 6)
  expect(first.seen).toEqual([6])
  expect(second.seen).toEqual([1, 2, 3, 4, 5, 6])
})
