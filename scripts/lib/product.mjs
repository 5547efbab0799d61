import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { buildBundle, bundleSources, isBundled } from './bundle.mjs'
import { fingerprint } from './fingerprint.mjs'
import { buildKeeper, isKeeperBuilt } from './keeper.mjs'
import { inRoot } from './places.mjs'
import { runNode } from './run.mjs'
import { say } from './say.mjs'

/** What goes into the build. Tests do not. */
const sources = [
  'app',
  'server',
  'public',
  'prisma/schema.prisma',
  'next.config.mjs',
  'postcss.config.mjs',
  'tsconfig.json',
  'package-lock.json',
  'scripts/lib/product.mjs',
  'scripts/lib/bundle.mjs',
  'scripts/lib/keeper.mjs',
  ...bundleSources,
]
const stamp = inRoot('dist/built-from')
/** Next writes this as the last thing of a build that succeeded. (The folder: next.config.mjs.) */
const pagesDone = inRoot(process.env.BOT_BOTTLE_NEXT_DIR || '.next', 'BUILD_ID')
export const serverBundle = inRoot('dist/server.mjs')

const isNoTest = (/** @type {string} */ file) => !/\.test\.tsx?$/.test(file)
const builtFrom = () => `${fingerprint(sources, isNoTest)}-node${process.versions.modules}`

/** @returns whether pages and server are there and were built from exactly these sources */
export function isBuilt() {
  if (!existsSync(stamp) || !existsSync(pagesDone) || !existsSync(serverBundle) || !isBundled() || !isKeeperBuilt())
    return false
  return readFileSync(stamp, 'utf8') === builtFrom()
}

/**
 * Builds the pages (Next) and the server (one file, packages stay outside).
 *
 * @throws when either fails; the next try then builds again, because what says "built" is removed first and written last
 */
export async function build() {
  const from = builtFrom()
  rmSync(stamp, { force: true })
  rmSync(pagesDone, { force: true })
  say('Building the pages …')
  const code = await runNode('next/dist/bin/next', ['build'], {
    env: { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
  })
  if (code !== 0 || !existsSync(pagesDone)) throw new Error(`next build failed with code ${code}.`)
  say('Building the server …')
  const { build: bundle } = await import('esbuild')
  await bundle({
    entryPoints: [inRoot('server/main.ts')],
    outfile: serverBundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    sourcemap: true,
    logLevel: 'warning',
  })
  await buildBundle()
  await buildKeeper()
  mkdirSync(inRoot('dist'), { recursive: true })
  writeFileSync(stamp, from)
}
