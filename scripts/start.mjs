#!/usr/bin/env node
// `npm start`: makes what is missing or stale, then becomes the server. The second time it only looks.
import { pathToFileURL } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { ensureEngine } from './lib/engine.mjs'
import { ensureModules } from './lib/modules.mjs'
import { checkNode } from './lib/node-version.mjs'
import { root } from './lib/places.mjs'
import { ensurePrismaClient } from './lib/prisma-client.mjs'
import { build, isBuilt, serverBundle } from './lib/product.mjs'
import { complain, warn } from './lib/say.mjs'
import { smallHeap } from './lib/small-heap.mjs'
import { refuseToBuildUnder } from './lib/standing-server.mjs'

// Before anything makes the heap grow: what has grown stays.
for (const flag of smallHeap) setFlagsFromString(flag)

try {
  checkNode()
  await ensureModules()
  await ensurePrismaClient()
  if (!isBuilt()) {
    await refuseToBuildUnder(process.env.BOT_BOTTLE_PORT ?? '4747')
    await build()
  }
  const problem = await ensureEngine()
  if (problem !== null) warn(`${problem}\n  The dashboard starts all the same; a launch needs the engine.`)
} catch (error) {
  complain(error instanceof Error ? error.message : String(error))
  process.exit(1)
}

// In this very process, so that no parent stands between a signal and the server.
Reflect.set(process.env, 'NODE_ENV', 'production') // Next's types make it read-only
process.chdir(root)
await import(pathToFileURL(serverBundle).href)
