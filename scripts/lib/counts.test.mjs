import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { countsFrom, readPlaywright, readVitest } from './counts.mjs'

const report = (/** @type {unknown} */ content) => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'counts-')), 'report.json')
  if (content !== undefined) writeFileSync(file, JSON.stringify(content))
  return file
}
const vitest = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 1, numTodoTests: 1 }

test('what a runner reports is counted', () => {
  expect(countsFrom(report(vitest), 0, readVitest)).toEqual({ passed: 3, failed: 0, skipped: 2 })
})

test('a runner that failed although no test did is a failure', () => {
  expect(countsFrom(report(vitest), 1, readVitest)).toMatchObject({ passed: 3, failed: 1, note: expect.any(String) })
})

test('a runner that wrote no report is a failure, whatever it ended with', () => {
  expect(countsFrom(report(undefined), 0, readVitest)).toMatchObject({ passed: 0, failed: 1 })
})

test('a runner that ran nothing is a failure', () => {
  const nothing = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 }
  expect(countsFrom(report(nothing), 0, readVitest)).toMatchObject({ passed: 0, failed: 1 })
})

test('a report is read once, so that an old one cannot stand for a run that wrote none', () => {
  const file = report(vitest)
  countsFrom(file, 0, readVitest)
  expect(countsFrom(file, 0, readVitest)).toMatchObject({ passed: 0, failed: 1 })
})

test('a browser test that passed on its second try is counted and named; an error outside of tests is a failure', () => {
  const spec = { title: 'a shell opens', tests: [{ status: 'flaky' }] }
  const steady = { title: 'a log is read', tests: [{ status: 'expected' }] }
  const browser = {
    stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 2 },
    errors: [{ message: 'set-up' }],
    suites: [{ specs: [steady], suites: [{ specs: [spec] }] }],
  }
  const note = 'only on the second try: a shell opens'
  expect(countsFrom(report(browser), 1, readPlaywright)).toEqual({ passed: 6, failed: 2, skipped: 2, note })
})

test('a test on an engine that passed on its second try is named', () => {
  const assertionResults = [
    { fullName: 'probe is green', status: 'passed', failureMessages: ['timed out'] },
    { fullName: 'probe is red', status: 'passed', failureMessages: [] },
  ]
  const note = 'only on the second try: probe is green'
  expect(countsFrom(report({ ...vitest, testResults: [{ assertionResults }] }), 0, readVitest)).toMatchObject({ note })
})
