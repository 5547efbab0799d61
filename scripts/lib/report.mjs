import { bold, complain, duration, green, grey, red } from './say.mjs'

/** @typedef {import('./counts.mjs').Counts} Counts */

/**
 * Runs all parts, also when one fails, and says at the end what came of each. The last line reads `N passed, M failed`,
 * counting tests and checks.
 *
 * @param {Record<string, () => Promise<Counts>>} parts
 * @returns {Promise<boolean>} whether nothing failed
 */
export async function runAll(parts) {
  const total = { passed: 0, failed: 0, skipped: 0 }
  const lines = []
  const begun = performance.now()
  for (const [name, part] of Object.entries(parts)) {
    console.log(`\n${bold(`── ${name} ${'─'.repeat(Math.max(0, 60 - name.length))}`)}`)
    const startedAt = performance.now()
    const counts = await part().catch((error) => {
      complain(error.message)
      return { passed: 0, failed: 1, skipped: 0, note: error.message }
    })
    for (const key of /** @type {const} */ (['passed', 'failed', 'skipped'])) total[key] += counts[key]
    lines.push(line(name, counts, performance.now() - startedAt))
  }
  console.log(`\n${bold('── summary')}  ${grey(duration(performance.now() - begun))}`)
  console.log(lines.join('\n'))
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
  console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`)
  return total.failed === 0
}

function line(/** @type {string} */ name, /** @type {Counts} */ counts, /** @type {number} */ ms) {
  const words = [
    `${counts.passed} passed`,
    counts.failed > 0 ? red(`${counts.failed} failed`) : '',
    counts.skipped > 0 ? `${counts.skipped} skipped` : '',
  ].filter(Boolean)
  const mark = counts.failed > 0 ? red('✗') : counts.passed === 0 ? grey('○') : green('✓')
  const note = counts.note ? `\n    ${grey(counts.note)}` : ''
  return `${mark} ${name.padEnd(12)} ${words.join(', ').padEnd(34)} ${grey(duration(ms))}${note}`
}
