#!/usr/bin/env node
// `npm test`: installs what is missing, then checks everything. `npm test -- unit browser` checks only these parts.
import { ensureModules } from './lib/modules.mjs'
import { checkNode } from './lib/node-version.mjs'
import { parts } from './lib/parts.mjs'
import { ensurePrismaClient } from './lib/prisma-client.mjs'
import { runAll } from './lib/report.mjs'
import { complain } from './lib/say.mjs'

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in parts))
if (unknown.length > 0) {
  complain(`There is no part called ${unknown.join(', ')}. The parts are: ${Object.keys(parts).join(', ')}.`)
  process.exit(2)
}

try {
  checkNode()
  await ensureModules()
  await ensurePrismaClient()
} catch (error) {
  complain(error instanceof Error ? error.message : String(error))
  console.log('0 passed, 1 failed')
  process.exit(1)
}

const chosen = Object.entries(parts).filter(([name]) => asked.length === 0 || asked.includes(name))
process.exit((await runAll(Object.fromEntries(chosen))) ? 0 : 1)
