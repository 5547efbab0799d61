import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import path from 'node:path'
import type { Profile } from '../profile.ts'

/**
 * Folder of all that smolvm keeps: below `$XDG_DATA_HOME` or `~/.local/share`, on macOS below the library;
 * `SMOLVM_DATA_DIR` names it from 1.2.5.
 */
export function dataDirOf(profile: Profile, env: NodeJS.ProcessEnv = process.env): string {
  if (env.SMOLVM_DATA_DIR && profile.has('data dir variable')) return env.SMOLVM_DATA_DIR
  if (process.platform === 'darwin') return path.join(homedir(), 'Library/Application Support/smolvm')
  return path.join(env.XDG_DATA_HOME || path.join(env.HOME || homedir(), '.local/share'), 'smolvm')
}

export const databaseOf = (dataDir: string): string => path.join(dataDir, 'server', 'smolvm.db')
export const machineDirOf = (dataDir: string, name: string): string => path.join(dataDir, 'vms', name)

/** Value of the label by which containers of one data folder are found. */
export const homeDigest = (dataDir: string): string =>
  createHash('sha256').update(path.resolve(dataDir)).digest('hex').slice(0, 12)
