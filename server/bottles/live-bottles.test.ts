import { afterEach, expect, test, vi } from 'vitest'
import { BottleBench } from '../testing/bottle-bench.ts'
import { LiveBottles } from './live-bottles.ts'
import type { Terminals } from './terminals.ts'

afterEach(() => void vi.useRealTimers())

/** A running bottle whose agent prints when the test says so, and a clock that the test moves. */
async function watched(bench: BottleBench) {
  const slug = await bench.launch()
  await bench.until(slug, 'running')
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
  const printed = { at: Date.now(), line: 'hello' }
  const terminals: Terminals = {
    up: async () => {},
    down: async () => {},
    openShell: async () => ({ session: '' }),
    shells: () => [],
    lastLine: () => printed.line,
    activity: () => printed.at,
  }
  const live = new LiveBottles({ ...bench.room, terminals })
  await live.up(await bench.backend.adopt(slug), [])
  return { slug, live, printed, state: () => bench.service.get(slug).state }
}

test('an agent that prints nothing for a minute is idle, and at work again with its next output', async () => {
  await using bench = await BottleBench.started()
  const { live, printed, state } = await watched(bench)
  vi.advanceTimersByTime(59_000)
  expect(state()).toBe('running')
  vi.advanceTimersByTime(2_000)
  expect(state()).toBe('idle')
  vi.advanceTimersByTime(10_000)
  expect(state()).toBe('idle')
  printed.at = Date.now() + 1
  vi.advanceTimersByTime(1_000)
  expect(state()).toBe('running')
  live.close()
})

test('the last line of the screen and the figures show on the overview; of the figures the last 30 are kept', async () => {
  await using bench = await BottleBench.started()
  const { slug, live } = await watched(bench)
  vi.advanceTimersByTime(1_000)
  await vi.waitFor(() => expect(bench.service.get(slug).life).toEqual({ cpu: 12.5, memory: 1024, cpuHistory: [12.5] }))
  expect(bench.service.get(slug).lastLine).toBe('hello')
  live.ended(slug)
  expect(bench.service.get(slug).life).toBeNull()
  live.close()
})
