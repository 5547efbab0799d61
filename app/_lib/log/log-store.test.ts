import { describe, expect, it } from 'vitest'
import type { BottleEvent, StoredEvent } from '@/server/contract/events'
import type { EventSeq } from '@/server/contract/ids'
import type { LogLine, LogOutline } from '@/server/contract/views'
import { LogStore, PAGE_LINES } from './log-store'

const outline = (total = 0, lastSeq = 0): LogOutline => ({ total, lastSeq: lastSeq as EventSeq, marks: [] })
const line = (n: number, text = `line ${n}`): LogLine => ({ n, at: n, step: 'agent image', stream: 'stdout', text })
const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => line(from + i))
const output = (text: string): BottleEvent => ({ type: 'output', step: 'agent image', stream: 'stdout', text })

let seq = 0
const stored = (event: BottleEvent, firstLine: number | null = null, number = ++seq): StoredEvent => ({
  seq: number as EventSeq,
  at: 7,
  firstLine,
  lines: 0,
  event,
})

describe('LogStore', () => {
  it('holds fetched pages and says what is missing', () => {
    const store = new LogStore(outline(1200))
    expect(store.missing(1, 1200)).toEqual([1, 501, 1001])
    store.addPage({ total: 1200, lines: lines(501, 1000) })
    expect(store.line(501)?.text).toBe('line 501')
    expect(store.line(500)).toBeUndefined()
    expect(store.missing(1, 1200)).toEqual([1, 1001])
    expect(store.missing(600, 700)).toEqual([])
    expect(store.missing(-50, 9999)).toEqual([1, 1001])
  })

  it('misses nothing in an empty log', () => {
    expect(new LogStore(outline()).missing(1, 1)).toEqual([])
  })

  it('appends live lines once, in whatever pieces they come', () => {
    const store = new LogStore(outline())
    const first = stored(output('a\nb\n'), 1)
    store.append([first])
    store.append([first, stored(output('c\n'), 3)])
    expect([1, 2, 3].map((n) => store.line(n)?.text)).toEqual(['a', 'b', 'c'])
    expect(store.total).toBe(3)
    expect(store.held).toBe(3)
  })

  it('fetches the page whose beginning it did not see', () => {
    const store = new LogStore(outline(PAGE_LINES + 10))
    store.append([stored(output('new\n'), PAGE_LINES + 11)])
    expect(store.missing(PAGE_LINES + 11, PAGE_LINES + 11)).toEqual([PAGE_LINES + 1])
    store.addPage({ total: PAGE_LINES + 11, lines: lines(PAGE_LINES + 1, PAGE_LINES + 10) })
    expect(store.missing(PAGE_LINES + 11, PAGE_LINES + 11)).toEqual([])
    expect(store.line(PAGE_LINES + 11)?.text).toBe('new')
  })

  it('keeps a partial line until the next output of its stream', () => {
    const store = new LogStore(outline())
    store.append([stored({ type: 'output', step: 'agent image', stream: 'stdout', text: '10 %', partial: true })])
    expect([...store.partials.values()]).toMatchObject([{ text: '10 %' }])
    store.append([stored({ type: 'output', step: 'agent image', stream: 'stdout', text: '20 %', partial: true })])
    expect([...store.partials.values()]).toMatchObject([{ text: '20 %' }])
    store.append([stored(output('done\n'), 1)])
    expect(store.partials.size).toBe(0)
  })

  it('puts marks before the line that comes next', () => {
    const store = new LogStore(outline())
    store.append([
      stored({ type: 'step-started', step: 'agent image' }),
      stored(output('a\nb\n'), 1),
      stored({ type: 'dropped', lines: 5, why: 'disk full' }),
      stored({ type: 'progress', step: 'agent image', unit: 'bytes', done: 1 }),
    ])
    expect(store.marks.map(({ beforeLine, event }) => [beforeLine, event.type])).toEqual([
      [1, 'step-started'],
      [3, 'dropped'],
    ])
  })

  it('stays bounded in a flood, and keeps what is looked at', () => {
    const store = new LogStore(outline())
    const text = 'x\n'.repeat(200)
    for (let first = 1; first < 200_000; first += 200) {
      store.append([stored(output(text), first)])
      store.evict(1, 60)
    }
    expect(store.total).toBe(200_000)
    expect(store.held).toBeLessThanOrEqual(41_000)
    expect(store.line(30)?.text).toBe('x')
    expect(store.line(150_000)).toBeUndefined()
  })

  it('counts long lines by their length', () => {
    const store = new LogStore(outline())
    const long = `${'y'.repeat(16 * 1024)}\n`
    for (let n = 1; n <= 5000; n++) {
      store.append([stored(output(long), n)])
      store.evict(n, n)
    }
    expect(store.held).toBeLessThan(2600)
    expect(store.line(5000)).toBeDefined()
  })
})
