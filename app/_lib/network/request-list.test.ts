import { expect, test } from 'vitest'
import type { StoredEvent } from '@/server/contract/events.ts'
import type { EventSeq } from '@/server/contract/ids.ts'
import type { NetworkRequest } from '@/server/contract/network.ts'
import { aRequest } from '../testing-request'
import { compareIds, EMPTY_LIST, matchesText, passes, requestsOf, withNew, withPage } from './request-list'

const ids = ({ requests }: { requests: readonly NetworkRequest[] }) => requests.map(({ id }) => id)
const made = (...named: string[]) => named.map((id) => aRequest({ id }))

test('requests of the stream are numbered as the pages number them, newest first', () => {
  const event = (seq: number, paths: string[]): StoredEvent => ({
    seq: seq as EventSeq,
    at: 0,
    firstLine: null,
    lines: 0,
    event: { type: 'egress', n: 0, requests: paths.map((path) => aRequest({ path })) },
  })
  const other: StoredEvent = {
    ...event(8, []),
    event: { type: 'routes', digest: '', inForce: true, frozen: true, changes: [] },
  }
  const found = requestsOf([event(7, ['/a', '/b']), other, event(9, ['/c'])])
  expect(found.map(({ id, path }) => [id, path])).toEqual([
    ['9.0', '/c'],
    ['7.1', '/b'],
    ['7.0', '/a'],
  ])
})

test('ids compare by number and not by letter', () => {
  expect(compareIds('9.0', '10.0')).toBeLessThan(0)
  expect(compareIds('7.10', '7.9')).toBeGreaterThan(0)
  expect(compareIds('7.1', '7.1')).toBe(0)
})

test('what comes in goes on top, once', () => {
  const list = withPage(EMPTY_LIST, { requests: made('5.1', '5.0', '4.0'), next: '4.0' })
  expect(ids(withNew(list, made('6.0', '5.1')))).toEqual(['6.0', '5.1', '5.0', '4.0'])
  expect(withNew(list, made('5.1', '5.0'))).toBe(list)
})

test('a page goes below what came in while it was on its way', () => {
  const list = withNew(EMPTY_LIST, made('6.0', '5.1'))
  const whole = withPage(list, { requests: made('6.0', '5.1', '5.0', '3.0'), next: '3.0' })
  expect(ids(whole)).toEqual(['6.0', '5.1', '5.0', '3.0'])
  expect(whole.next).toBe('3.0')
  expect(withPage(whole, { requests: [], next: null }).next).toBeNull()
})

test('the oldest are let go of, and can be asked for again', () => {
  const list = withPage(EMPTY_LIST, { requests: made('3.0', '2.0', '1.0'), next: null })
  expect(withNew(list, made('5.0', '4.0'), 3)).toMatchObject({ next: '3.0' })
  expect(ids(withNew(list, made('5.0', '4.0'), 3))).toEqual(['5.0', '4.0', '3.0'])
})

test('filters', () => {
  const refused = aRequest({ outcome: 'refused', host: 'a.example', rule: 'not-listed', path: '/Repos/x' })
  expect(passes(refused, {})).toBe(true)
  expect(passes(refused, { outcome: 'refused', host: 'a.example' })).toBe(true)
  expect(passes(refused, { outcome: 'allowed' })).toBe(false)
  expect(passes(refused, { host: 'b.example' })).toBe(false)
  expect(matchesText(refused, 'NOT-listed repos')).toBe(true)
  expect(matchesText(refused, 'repos absent')).toBe(false)
})
