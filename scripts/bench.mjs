#!/usr/bin/env node
// `npm run bench`: every figure beside its rival, measured in the same run. `npm run bench -- plan echo` runs only those
// files whose name contains one of the words.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { ensureEngine } from './lib/engine.mjs'
import { figuresTable, runBench } from './lib/figures.mjs'
import { ensureModules } from './lib/modules.mjs'
import { inRoot } from './lib/places.mjs'
import { ensurePrismaClient } from './lib/prisma-client.mjs'
import { build, isBuilt } from './lib/product.mjs'
import { bold, complain, say, warn } from './lib/say.mjs'

try {
  await ensureModules()
  await ensurePrismaClient()
  if (!isBuilt()) await build()
  const problem = await ensureEngine()
  if (problem !== null) warn(problem)
} catch (error) {
  complain(error instanceof Error ? error.message : String(error))
  process.exit(1)
}

const words = process.argv.slice(2)
const files = readdirSync(inRoot('bench'))
  .filter((file) => file.endsWith('.bench.ts'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort()

const figures = []
let failed = 0
for (const file of files) {
  console.log(`\n${bold(`── ${file}`)}`)
  const result = await runBench(file)
  figures.push(...result.figures)
  if (result.code !== 0) {
    failed++
    complain(`${file} ended with code ${result.code}`)
  }
}

console.log(`\n${figuresTable(figures)}`)
const at = new Date().toISOString()
const machine = { node: process.version, cpu: cpus()[0]?.model ?? '?', cores: cpus().length, memory: totalmem() }
const where = inRoot('bench/results', `${at.replaceAll(':', '-').slice(0, 19)}.json`)
mkdirSync(inRoot('bench/results'), { recursive: true })
writeFileSync(where, `${JSON.stringify({ at, machine, figures }, null, 2)}\n`)
say(`Written to ${where}`)
process.exit(failed > 0 ? 1 : 0)
