import { expect, test } from 'vitest'
import { Recording } from './record.ts'

const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString()

test('gives back what was printed, from a time on or all of it', () => {
  const recording = new Recording()
  for (const [at, bytes] of [
    [10, 'a'],
    [20, 'b'],
    [20, 'c'],
    [30, 'd'],
  ] as const)
    recording.add(Buffer.from(bytes), at)
  expect(text(recording.from(null))).toBe('abcd')
  expect(text(recording.from(20))).toBe('bcd')
  expect(text(recording.from(21))).toBe('d')
  expect(text(recording.from(31))).toBe('')
})

test('keeps the latest 24 MiB, however much is printed', () => {
  const recording = new Recording()
  const chunk = Buffer.alloc(2 ** 20)
  for (let n = 0; n < 100; n++) recording.add(chunk.fill(n), n)
  const kept = recording.from(null)
  expect(kept).toHaveLength(24)
  expect(recording.from(98)).toHaveLength(2)
})

test('keeps a chunk that is larger than that', () => {
  const recording = new Recording()
  recording.add(Buffer.from('before'))
  recording.add(Buffer.alloc(25 * 2 ** 20))
  expect(recording.from(null)).toHaveLength(1)
})
