import { expect, test } from 'vitest'
import type { BottleEvent } from '../contract/events.ts'
import { auditLine } from '../testing/fake-bundle.ts'
import { Pending } from './pending.ts'

const output = (text: string, step: 'agent' | 'provision' = 'agent'): BottleEvent => ({
  type: 'output',
  step,
  stream: 'stdout',
  text,
})
const done: BottleEvent = { type: 'step-done', step: 'agent', durationMs: 1 }

function takeAll(pending: Pending): BottleEvent[] {
  const all: BottleEvent[] = []
  for (let taken = pending.take(); taken.length > 0; taken = pending.take())
    all.push(...taken.map(({ event }) => event))
  return all
}

test('one write never takes more than a bounded piece', () => {
  const pending = new Pending()
  for (let n = 0; n < 2000; n += 1) pending.push(done)
  expect(pending.take().length).toBe(500)
  const large = new Pending()
  for (let n = 0; n < 20; n += 1) large.push(output('x'.repeat(256 * 1024)))
  expect(large.take().length).toBe(2)
})

test('output that comes faster than it can be stored is counted, and everything else is kept', () => {
  const pending = new Pending()
  const mebibyte = 'x'.repeat(1024 * 1024)
  for (let n = 0; n < 64; n += 1) pending.push(output(mebibyte))
  for (let n = 0; n < 1000; n += 1) pending.push(output('lost\nlost\n'))
  pending.push(output('also lost\n', 'provision'))
  pending.push(done)
  const events = takeAll(pending)
  expect(events.filter(({ type }) => type === 'output')).toHaveLength(64)
  expect(events.slice(64)).toMatchObject([
    { type: 'dropped', step: 'agent', lines: 2000, why: expect.stringContaining('faster') },
    { type: 'dropped', step: 'provision', lines: 1 },
    { type: 'step-done' },
  ])
  pending.push(output('kept\n'))
  expect(takeAll(pending)).toEqual([output('kept\n')])
})

test('what is given back keeps its place and its order, with a count for output, until it is stored', () => {
  const pending = new Pending()
  for (const event of [done, output('a\nb\n'), done, output('c\n')]) pending.push(event)
  const taken = pending.take()
  pending.push(output('d\n'))
  pending.giveBack(taken, 'full')
  pending.push(output('e\n'))
  const lost = (lines: number) => ({ type: 'dropped', step: 'agent', lines, why: 'full' })
  const again = pending.take()
  expect(again.map(({ event }) => event)).toEqual([done, lost(2), done, lost(3)])
  pending.giveBack(again, 'full')
  expect(takeAll(pending)).toEqual([done, lost(2), done, lost(3)])
  pending.recovered()
  pending.push(output('f\n'))
  expect(takeAll(pending)).toEqual([output('f\n')])
})

test('requests that cannot be stored are counted, and what was refused stays in the count', () => {
  const pending = new Pending()
  const some = (n: number, count: number) =>
    ({ type: 'egress', n, requests: Array.from({ length: count }, () => auditLine({ count: 2 })) }) as const
  pending.push(some(1, 3))
  pending.giveBack(pending.take(), 'The disk is full.')
  pending.push(some(2, 4))
  pending.push({ type: 'state', state: 'running', evidence: '' })
  pending.push(some(3, 1))
  const events = pending.take().map(({ event }) => event)
  expect(events).toEqual([
    { type: 'egress', requests: [], n: 3, lost: 16 },
    { type: 'state', state: 'running', evidence: '' },
  ])
})
