import { accessSync, constants, existsSync } from 'node:fs'
import path from 'node:path'
import { run } from './run.mjs'
import { say } from './say.mjs'

/** Whether we may install packages here without asking anybody. */
export const isRootOnDebian = () =>
  process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/etc/debian_version')

/** @returns the full path of a program, or null. Looks in the administrator's folders too. */
export function which(/** @type {string} */ program) {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/sbin']
  for (const folder of folders.filter(Boolean)) {
    const file = path.join(folder, program)
    try {
      accessSync(file, constants.X_OK)
      return file
    } catch {
      // not here
    }
  }
  return null
}

let listsAreFresh = false

/**
 * Installs Debian packages.
 *
 * @throws when apt-get fails; its output was shown
 */
export async function aptInstall(/** @type {readonly string[]} */ packages) {
  say(`Installing ${packages.join(', ')} (apt-get) …`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  if (!listsAreFresh) {
    // An old list names versions that are no longer served. A list that cannot be had may still do.
    await run('apt-get', ['-qq', 'update'], { env, quiet: true })
    listsAreFresh = true
  }
  const code = await run(
    'apt-get',
    [
      '-qq',
      '-y',
      '-o',
      'DPkg::Lock::Timeout=300',
      '-o',
      'Dpkg::Use-Pty=0',
      'install',
      '--no-install-recommends',
      ...packages,
    ],
    { env, quiet: true },
  )
  if (code !== 0) throw new Error(`apt-get install ${packages.join(' ')} failed with code ${code}.`)
}
