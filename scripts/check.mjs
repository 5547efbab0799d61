#!/usr/bin/env node
// `npm run check`: what needs neither an engine nor a browser, for every few minutes.
import { ensureModules } from './lib/modules.mjs'
import { parts } from './lib/parts.mjs'
import { ensurePrismaClient } from './lib/prisma-client.mjs'
import { runAll } from './lib/report.mjs'
import { complain } from './lib/say.mjs'

try {
  await ensureModules()
  await ensurePrismaClient()
} catch (error) {
  complain(error instanceof Error ? error.message : String(error))
  process.exit(1)
}
const { lint, types, boundaries, unit } = parts
process.exit((await runAll({ lint, types, boundaries, unit })) ? 0 : 1)
