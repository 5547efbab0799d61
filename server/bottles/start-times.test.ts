import { expect, test } from 'vitest'
import { startTime } from './start-times.ts'
import type { BottleRecord } from './store.ts'

const launched = (backend: BottleRecord['backend'], createdAt: number, took: number | null) =>
  ({ backend, createdAt, startedAt: took === null ? null : createdAt + took }) as BottleRecord

test('is the median of the nine latest launches of that backend that led to an agent', () => {
  const old = Array.from({ length: 20 }, (_, n) => launched('docker', n, 60_000))
  const latest = [9, 1, 5, 3, 7, 2, 8, 4, 6].map((seconds, n) => launched('docker', 100 + n, seconds * 1000))
  const others = [launched('smolmachines', 200, 1), launched('docker', 300, null)]
  expect(startTime('docker', [...latest, ...others, ...old])).toBe(5000)
  expect(startTime('smolmachines', others)).toBe(1)
  expect(startTime('docker', others)).toBeNull()
})
