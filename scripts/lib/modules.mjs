import { readFileSync } from 'node:fs'
import { inRoot } from './places.mjs'
import { run } from './run.mjs'
import { say } from './say.mjs'

/**
 * `npm ci`, unless node_modules is what the lock file says.
 *
 * @throws when npm fails; node_modules is then not taken for complete at the next try either
 */
export async function ensureModules() {
  if (modulesMatchLock()) return
  say('Installing packages (npm ci) …')
  // Development packages are needed to build, whatever NODE_ENV says. No package may run a script of its own; ours,
  // which makes the database client, is called where it is needed (prisma-client.mjs).
  const code = await run('npm', [
    'ci',
    '--include=dev',
    '--ignore-scripts',
    '--no-fund',
    '--no-audit',
    '--loglevel=error',
  ])
  if (code !== 0) throw new Error(`npm ci failed with code ${code}. Its own message is above.`)
}

/**
 * npm writes `node_modules/.package-lock.json` as the last thing of an install and removes it as one of the first, so it
 * says what is really there. Optional packages of other platforms are missing from it.
 */
function modulesMatchLock() {
  try {
    const wanted = packagesOf('package-lock.json')
    const installed = packagesOf('node_modules/.package-lock.json')
    return Object.entries(wanted).every(([where, entry]) => {
      if (where === '') return true
      const found = installed[where]
      return found ? found.version === entry.version : entry.optional === true
    })
  } catch {
    return false
  }
}

/** @returns {Record<string, { version?: string, optional?: boolean }>} */
const packagesOf = (/** @type {string} */ file) => JSON.parse(readFileSync(inRoot(file), 'utf8')).packages
