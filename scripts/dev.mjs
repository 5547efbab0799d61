#!/usr/bin/env node
// `npm run dev`: the server restarts when server/ changes; pages change in place (Next's hot reload).
import { spawn } from 'node:child_process'
import { buildBundle } from './lib/bundle.mjs'
import { ensureEngine } from './lib/engine.mjs'
import { buildKeeper } from './lib/keeper.mjs'
import { ensureModules } from './lib/modules.mjs'
import { inRoot, root } from './lib/places.mjs'
import { ensurePrismaClient } from './lib/prisma-client.mjs'
import { complain, warn } from './lib/say.mjs'

try {
  await ensureModules()
  await ensurePrismaClient()
  await buildBundle()
  await buildKeeper()
  const problem = await ensureEngine()
  if (problem !== null) warn(problem)
} catch (error) {
  complain(error instanceof Error ? error.message : String(error))
  process.exit(1)
}

// A process group of its own: tsx starts the server as a child, and a signal to tsx alone leaves that child running.
const watcher = spawn(
  process.execPath,
  [
    inRoot('node_modules/tsx/dist/cli.mjs'),
    'watch',
    '--clear-screen=false',
    'server/main.ts',
    '--dev',
    ...process.argv.slice(2),
  ],
  {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' },
  },
)
const signalGroup = (/** @type {NodeJS.Signals} */ signal) => {
  try {
    process.kill(-(watcher.pid ?? 0), signal)
  } catch {
    // the group has ended
  }
}
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
  process.on(signal, () => signalGroup(signal))
watcher.on('exit', (code) => {
  signalGroup('SIGTERM')
  process.exit(code ?? 0)
})
