import { expect, test } from 'vitest'
import type { StoredEvent } from '../contract/events.ts'
import { Tail } from './tail.ts'

const event = (seq: number, length = 10) =>
  ({
    seq,
    at: 0,
    firstLine: seq,
    lines: 1,
    event: { type: 'output', step: 'agent', stream: 'stdout', text: 'x'.repeat(length) },
  }) as StoredEvent

const seqs = (events: readonly StoredEvent[] | null) => events?.map(({ seq }) => Number(seq)) ?? null

test('the latest events are remembered, and whoever is further behind is sent to the store', () => {
  const tail = new Tail(5)
  for (const seq of [6, 7, 8]) tail.push(event(seq))
  expect(seqs(tail.after(5))).toEqual([6, 7, 8])
  expect(seqs(tail.after(7))).toEqual([8])
  expect(seqs(tail.after(8))).toEqual([])
  expect(seqs(tail.after(4))).toBeNull()
})

test('memory is bounded by events and by text', () => {
  const many = new Tail(0)
  for (let seq = 1; seq <= 10_000; seq += 1) many.push(event(seq))
  expect(many.after(9_000)).toBeNull()
  expect(many.after(9_990)).toHaveLength(10)
  const large = new Tail(0)
  for (let seq = 1; seq <= 100; seq += 1) large.push(event(seq, 256 * 1024))
  expect(large.after(97)).toBeNull()
  expect(seqs(large.after(99))).toEqual([100])
})

test('replaced events are no longer told', () => {
  const tail = new Tail(0)
  for (const seq of [1, 2, 3]) tail.push(event(seq))
  tail.remove([2])
  expect(seqs(tail.after(0))).toEqual([1, 3])
  expect(seqs(tail.after(1))).toEqual([3])
})
