import { expect, test } from 'vitest'
import type { ProbeCheck } from '@/server/contract/probe.ts'
import { checksInOrder, countChecks } from './boundary'

const check = (name: ProbeCheck['name'], result: ProbeCheck['result']): ProbeCheck => ({
  name,
  result,
  detail: '',
  durationMs: 1,
})
const checks = [
  check('control', 'green'),
  check('other bottles', 'none'),
  check('names', 'red'),
  check('canary', 'green'),
]

test('what had nothing to check is not counted', () => {
  expect(countChecks(checks)).toEqual({ checked: 3, green: 2, red: ['names'] })
})

test('a red one is seen first', () => {
  expect(checksInOrder(checks).map(({ name }) => name)).toEqual(['names', 'control', 'canary', 'other bottles'])
})
