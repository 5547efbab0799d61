import { mkdirSync } from 'node:fs'
import { ensureChromium } from './browser.mjs'
import { buildBundle } from './bundle.mjs'
import { countsFrom, oneCheck, readPlaywright, readVitest } from './counts.mjs'
import { ensureDouble } from './double.mjs'
import { ensureEngine } from './engine.mjs'
import { inRoot } from './places.mjs'
import { build, isBuilt } from './product.mjs'
import { runNode } from './run.mjs'
import { say } from './say.mjs'

/** @typedef {import('./counts.mjs').Counts} Counts */

const reports = inRoot('test-results')

async function vitest(/** @type {string} */ name, /** @type {readonly string[]} */ projects) {
  mkdirSync(reports, { recursive: true })
  const file = `${reports}/${name}.json`
  const only = projects.flatMap((project) => ['--project', project])
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const code = await runNode('vitest/vitest.mjs', ['run', ...only, ...reporters])
  return countsFrom(file, code, readVitest)
}

/** @returns {Promise<Counts>} */
async function types() {
  const codes = await Promise.all(
    ['.', 'scripts'].map((project) => runNode('typescript/bin/tsc', ['--noEmit', '-p', project])),
  )
  return oneCheck(Math.max(...codes))
}

/** Format, import order and lint in one go. @returns {Promise<Counts>} */
async function lint() {
  return oneCheck(await runNode('@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.']))
}

/** @returns {Promise<Counts>} */
async function boundaries() {
  const places = ['app', 'server', 'docker', 'bench', 'e2e', 'scripts']
  return oneCheck(
    await runNode('dependency-cruiser/bin/dependency-cruise.mjs', [
      '--config',
      '.dependency-cruiser.mjs',
      '--output-type',
      'err',
      ...places,
    ]),
  )
}

/** @returns {Promise<Counts>} */
const unit = () => vitest('unit', ['node', 'dom'])

/** @returns {Promise<Counts>} */
async function docker() {
  const problem = await ensureEngine()
  if (problem !== null) return { passed: 0, failed: 0, skipped: 1, note: problem }
  await buildBundle() // goes into an image
  return vitest('docker', ['docker'])
}

/** The second backend, on the double of its program and on a real one where one boots. @returns {Promise<Counts>} */
async function microvm() {
  const problem = (await ensureEngine()) ?? (await ensureDouble())
  if (problem !== null) return { passed: 0, failed: 0, skipped: 1, note: problem }
  return vitest('microvm', ['microvm'])
}

/** @returns {Promise<Counts>} */
async function product() {
  if (!isBuilt()) await build()
  return oneCheck(0)
}

/** @returns {Promise<Counts>} */
async function browser() {
  const problem = (await ensureEngine()) ?? (await ensureChromium())
  if (problem !== null) return { passed: 0, failed: 0, skipped: 1, note: problem }
  if (!isBuilt()) throw new Error('There is no build to test.')
  // Without it the tests of micro-VMs are skipped, and the others run.
  const noDouble = await ensureDouble()
  if (noDouble !== null) say(`Micro-VMs are not tried in the browser: ${noDouble}`)
  mkdirSync(reports, { recursive: true })
  const file = `${reports}/browser.json`
  const code = await runNode('@playwright/test/cli.js', ['test'], { env: { PLAYWRIGHT_JSON_OUTPUT_NAME: file } })
  return countsFrom(file, code, readPlaywright)
}

/** Everything that is checked, by the name to ask for it, in the order in which `npm test` does. */
export const parts = { types, lint, boundaries, unit, build: product, docker, microvm, browser }
