import { execFile } from 'node:child_process'
import { cp, mkdir, symlink } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { which } from '../../../../scripts/lib/debian.mjs'

const run = promisify(execFile)
const FOLDERS = ['bin', 'etc', 'tmp', 'proc', 'sys', 'dev', 'usr']

/**
 * A root file system of this host's own programs, with the libraries that they need: needs no registry.
 *
 * @param root absolute path of a folder that is made. @param programs by name; `dash` becomes `sh`
 * @throws Error when this host lacks one
 */
export async function hostRoot(root: string, programs: readonly string[]): Promise<void> {
  for (const folder of FOLDERS) await mkdir(path.join(root, folder), { recursive: true })
  for (const program of programs) {
    const file = which(program)
    if (!file) throw new Error(`This host has no ${program}, of which a machine of the double is made.`)
    await cp(file, path.join(root, 'bin', program), { dereference: true })
    const { stdout } = await run('ldd', [file])
    for (const [library] of stdout.matchAll(/\/\S+/g)) {
      await mkdir(path.join(root, path.dirname(library)), { recursive: true })
      await cp(library, path.join(root, library), { dereference: true })
    }
  }
  await symlink('dash', path.join(root, 'bin/sh'))
  await symlink('../bin', path.join(root, 'usr/bin'))
}
