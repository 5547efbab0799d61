import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { BottleEvent } from '../contract/events.ts'
import { LineBatcher } from './line-batcher.ts'

type Output = Extract<BottleEvent, { type: 'output' }>

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function batching() {
  const events: Output[] = []
  const batcher = new LineBatcher('agent image', (event) => {
    if (event.type === 'output') events.push(event)
  })
  const lines = () => events.filter(({ partial }) => !partial).flatMap(({ text }) => text.split('\n').slice(0, -1))
  const partials = () => events.filter(({ partial }) => partial).map(({ text }) => text)
  return { batcher, events, lines, partials }
}

test('lines wait 50 ms for company and travel together', () => {
  const { batcher, events } = batching()
  batcher.write('stdout', 'one\n')
  batcher.write('stdout', 'two\n')
  expect(events).toEqual([])
  vi.advanceTimersByTime(50)
  expect(events).toEqual([{ type: 'output', step: 'agent image', stream: 'stdout', text: 'one\ntwo\n' }])
})

test('two hundred lines do not wait, and no event holds more', () => {
  const { batcher, events } = batching()
  batcher.write('stdout', 'x\n'.repeat(450))
  expect(events.map(({ text }) => text.length / 2)).toEqual([200, 200])
  batcher.flush()
  expect(events.map(({ text }) => text.length / 2)).toEqual([200, 200, 50])
})

test('chunks may end anywhere: in a line, in a character, in a line’s end', () => {
  const whole = 'grüße 👋\r\nzweite Zeile\nletzte'
  for (let size = 1; size <= 7; size += 1) {
    const { batcher, lines } = batching()
    const bytes = Buffer.from(whole)
    for (let from = 0; from < bytes.length; from += size) batcher.write('stdout', bytes.subarray(from, from + size))
    batcher.flush()
    expect(lines()).toEqual(['grüße 👋', 'zweite Zeile', 'letzte'])
  }
})

test('empty lines are lines', () => {
  const { batcher, lines } = batching()
  batcher.write('stdout', '\n\na\n\r\n')
  batcher.flush()
  expect(lines()).toEqual(['', '', 'a', ''])
})

test('a progress bar is shown as it moves, at most four times a second, and kept as it ended', () => {
  const { batcher, lines, partials } = batching()
  for (let percent = 0; percent <= 100; percent += 1) {
    batcher.write('stdout', `\r${percent}%`)
    vi.advanceTimersByTime(10)
  }
  batcher.write('stdout', '\rdone\n')
  batcher.flush()
  expect(lines()).toEqual(['done'])
  expect(partials().length).toBeGreaterThanOrEqual(4)
  expect(partials().length).toBeLessThanOrEqual(6)
  expect(partials().every((text) => /^\d+%$/.test(text))).toBe(true)
})

test('a bar that ends each state with \\r is shown too', () => {
  const { batcher, lines, partials } = batching()
  batcher.write('stderr', '10%\r')
  vi.advanceTimersByTime(300)
  batcher.write('stderr', '20%\r')
  vi.advanceTimersByTime(300)
  batcher.write('stderr', '\n')
  batcher.flush()
  expect([partials(), lines()]).toEqual([['10%', '20%'], ['20%']])
})

test('an unfinished line that does not change is shown once', () => {
  const { batcher, partials } = batching()
  batcher.write('stdout', 'Password: ')
  vi.advanceTimersByTime(5000)
  expect(partials()).toEqual(['Password: '])
})

test('both streams keep their order, and no event mixes them', () => {
  const { batcher, events } = batching()
  batcher.write('stdout', 'a\n')
  batcher.write('stderr', 'b\nc\n')
  batcher.write('stdout', 'd\n')
  batcher.flush()
  expect(events.map(({ stream, text }) => [stream, text])).toEqual([
    ['stdout', 'a\n'],
    ['stderr', 'b\nc\n'],
    ['stdout', 'd\n'],
  ])
})

test('a line of five megabytes goes on in lines of 16 Ki, and nothing of it is lost', () => {
  for (const size of [5_000_000, 65_536, 1_000]) {
    const { batcher, events, lines } = batching()
    const long = '0123456789'.repeat(500_000)
    for (let from = 0; from < long.length; from += size) batcher.write('stdout', long.slice(from, from + size))
    batcher.write('stdout', '\n')
    batcher.flush()
    expect(Math.max(...lines().map(({ length }) => length))).toBeLessThanOrEqual(16 * 1024)
    expect(Math.max(...events.map(({ text }) => text.length))).toBeLessThan(300_000)
    expect(lines().join('') === long).toBe(true)
  }
})

test('a cut never goes through a character', () => {
  const { batcher, lines } = batching()
  const long = `x${'👋'.repeat(20_000)}`
  batcher.write('stdout', `${long}\n`)
  batcher.flush()
  expect(lines().join('') === long).toBe(true)
  expect(lines().every((line) => !/^[\udc00-\udfff]/.test(line))).toBe(true)
})

test('flushing without output says nothing, and writing may go on after it', () => {
  const { batcher, events, lines } = batching()
  batcher.flush()
  expect(events).toEqual([])
  batcher.write('stdout', 'a')
  batcher.flush()
  batcher.write('stdout', 'b\n')
  batcher.flush()
  expect(lines()).toEqual(['a', 'b'])
})
