import { existsSync, rmSync } from 'node:fs'
import { inRoot } from './places.mjs'
import { say } from './say.mjs'

/** What the image of the sidecar bundle is made of: each a single file, so that the image needs no packages. */
const entries = {
  supervisor: 'docker/bundle/supervisor/main.ts',
  egress: 'docker/bundle/egress/main.ts',
  'scan-worker': 'docker/bundle/scan/worker.ts',
  probe: 'docker/bundle/probe/main.ts',
}
const folder = 'dist/bundle'

/** Sources of the bundle, for what says whether a build is stale. */
export const bundleSources = ['docker/bundle']
export const bundleFiles = Object.keys(entries).map((name) => inRoot(folder, `${name}.mjs`))
export const isBundled = () => bundleFiles.every((file) => existsSync(file))

/** Makes dist/bundle/*.mjs. @throws when one of them cannot be made */
export async function buildBundle() {
  say('Building the sidecar bundle …')
  for (const file of bundleFiles) rmSync(file, { force: true })
  await bundleInto(inRoot(folder))
}

/** Makes the single files in any folder, such as a test's own. */
export async function bundleInto(/** @type {string} */ outdir) {
  const { build } = await import('esbuild')
  const { probe, ...daemons } = entries
  const into = (/** @type {Record<string, string>} */ named, /** @type {'esm' | 'iife'} */ format) =>
    build({
      entryPoints: Object.entries(named).map(([out, source]) => ({ in: inRoot(source), out })),
      outdir,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      platform: 'node',
      format,
      target: 'node20',
      // Packages written as CommonJS ask for node's modules by `require`, which a module does not have.
      banner: {
        js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
      },
      legalComments: 'none',
      logLevel: 'warning',
    })
  // An import of one of node's modules asks for all that is in it; asked for by `require`, undici need not be loaded.
  await Promise.all([into(daemons, 'esm'), into({ probe }, 'iife')])
}
