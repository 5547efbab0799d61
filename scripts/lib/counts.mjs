import { readFileSync, rmSync } from 'node:fs'

/** @typedef {{ passed: number, failed: number, skipped: number, note?: string }} Counts */

/** A check that has one answer, such as the type check. @returns {Counts} */
export const oneCheck = (/** @type {number} */ code) => ({
  passed: code === 0 ? 1 : 0,
  failed: code === 0 ? 0 : 1,
  skipped: 0,
})

/**
 * Counts of a runner that wrote a JSON report. A runner that failed although no test did (a file that cannot be loaded,
 * an unhandled rejection), or that ran nothing at all, counts as one failure.
 *
 * @param {string} file written by the runner, removed here before the next
 * @param {number} code the runner's exit code
 * @param {(report: any) => Counts} read
 * @returns {Counts}
 */
export function countsFrom(file, code, read) {
  /** @type {Counts} */
  let counts = { passed: 0, failed: 0, skipped: 0 }
  try {
    counts = read(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    counts.note = 'the runner wrote no report'
  }
  rmSync(file, { force: true })
  if (counts.failed === 0 && (code !== 0 || counts.passed + counts.skipped === 0)) {
    return { ...counts, failed: 1, note: counts.note ?? `the runner ended with code ${code}` }
  }
  return counts
}

/** @returns {Counts} */
export const readVitest = (/** @type {any} */ report) => ({
  passed: report.numPassedTests,
  failed: report.numFailedTests,
  skipped: report.numPendingTests + report.numTodoTests,
  ...secondTry(
    (report.testResults ?? []).flatMap((/** @type {any} */ file) =>
      file.assertionResults
        // A test that passed has messages of a failure only where it was tried again.
        .filter((/** @type {any} */ test) => test.status === 'passed' && test.failureMessages?.length > 0)
        .map((/** @type {any} */ test) => test.fullName),
    ),
  ),
})

/** @returns {Counts} */
export const readPlaywright = (/** @type {any} */ { stats, errors, suites }) => ({
  passed: stats.expected + stats.flaky,
  failed: stats.unexpected + (errors?.length ?? 0),
  skipped: stats.skipped,
  ...secondTry(flakyIn(suites ?? [])),
})

/** @returns {string[]} */
const flakyIn = (/** @type {any[]} */ suites) =>
  suites.flatMap((suite) => [
    ...(suite.specs ?? [])
      .filter((/** @type {any} */ spec) => spec.tests.some((/** @type {any} */ test) => test.status === 'flaky'))
      .map((/** @type {any} */ spec) => spec.title),
    ...flakyIn(suite.suites ?? []),
  ])

/** What passed only on its second try is a finding: it is named. */
const secondTry = (/** @type {readonly string[]} */ titles) =>
  titles.length === 0 ? {} : { note: `only on the second try: ${titles.join('; ')}` }
