import { expect, test } from 'vitest'
import { machineStats, readingOf } from './machine-stats.ts'

test('reads processor and memory, also of a program whose name looks like figures', () => {
  const stat = '4711 (smol) 9 9 (vm) S 1 4711 4711 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 8 0 12345 99999 2048 18446744'
  expect(readingOf(stat)).toEqual({ ticks: 300, memory: 2048 * 4096 })
})

test('tells figures of a process that lives', async () => {
  const stop = new AbortController()
  const seen = []
  for await (const figures of machineStats(async () => process.pid, stop.signal)) {
    seen.push(figures)
    stop.abort()
  }
  expect(seen).toMatchObject([{ memory: expect.any(Number) }])
  expect(seen[0]!.memory).toBeGreaterThan(1_000_000)
})

test('tells none of a machine that has no process', async () => {
  for await (const _ of machineStats(async () => null, new AbortController().signal)) expect.unreachable()
})
