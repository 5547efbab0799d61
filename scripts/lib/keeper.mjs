import { existsSync, rmSync } from 'node:fs'
import { inRoot } from './places.mjs'

/** What holds an agent's terminal in a micro-VM is a process of its own, and so a file of its own. */
export const keeperFile = inRoot('dist/keeper.mjs')
export const isKeeperBuilt = () => existsSync(keeperFile)

/** Makes dist/keeper.mjs. @throws when it cannot be made */
export async function buildKeeper() {
  rmSync(keeperFile, { force: true })
  await keeperInto(keeperFile)
}

export async function keeperInto(/** @type {string} */ outfile) {
  const { build } = await import('esbuild')
  await build({
    entryPoints: [inRoot('server/backends/smolmachines/keeper/main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  })
}
