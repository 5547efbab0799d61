import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runAll } from './report.mjs'

/** @type {string[]} */
let printed = []
beforeEach(() => {
  printed = []
  vi.spyOn(console, 'log').mockImplementation((line) => void printed.push(String(line)))
  vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(() => vi.restoreAllMocks())

const counts =
  (passed = 0, failed = 0, skipped = 0) =>
  async () => ({ passed, failed, skipped })
const throws = async () => {
  throw new Error('no such program')
}
const lastLine = () => printed.join('\n').split('\n').at(-1)

test('all parts run, also after one that failed or threw', async () => {
  expect(await runAll({ first: counts(1, 2), second: throws, third: counts(4) })).toBe(false)
  expect(lastLine()).toBe('5 passed, 3 failed')
  expect(printed.join('\n')).toContain('no such program')
})

test('the last line counts everything, skipped ones only where there are any', async () => {
  expect(await runAll({ first: counts(1), second: counts(2, 0, 3) })).toBe(true)
  expect(lastLine()).toBe('3 passed, 0 failed, 3 skipped')
})
