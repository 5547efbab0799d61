#!/usr/bin/env node
// `npm run build`: pages and server, always from scratch.
import { ensureModules } from './lib/modules.mjs'
import { ensurePrismaClient } from './lib/prisma-client.mjs'
import { build } from './lib/product.mjs'
import { complain } from './lib/say.mjs'

try {
  await ensureModules()
  await ensurePrismaClient()
  await build()
} catch (error) {
  complain(error instanceof Error ? error.message : String(error))
  process.exit(1)
}
