import { access, constants, stat, statfs } from 'node:fs/promises'
import path from 'node:path'
import type { DoctorCheck } from '../contract/views.ts'
import { messageOf } from '../errors.ts'
import { showBytes } from './show-bytes.ts'

const GIB = 1024 ** 3
/** Below this a launch that has to build an image is likely to fail. */
const LITTLE_BYTES = 5 * GIB
/** Below this even the log of a running bottle is in danger. */
const SCARCE_BYTES = 0.5 * GIB

/** Who may read the home: it holds prompts, logs and recordings. */
export async function homeCheck(home: string): Promise<DoctorCheck> {
  const check = { id: 'home', group: 'Storage', title: 'Home folder' } as const
  try {
    await access(home, constants.R_OK | constants.W_OK | constants.X_OK)
    const mode = (await stat(home)).mode & 0o777
    if ((mode & 0o077) === 0) return { ...check, result: 'ok', detail: `${home}, for its owner only.`, fix: null }
    return {
      ...check,
      result: 'warning',
      detail: `${home} can be read by other users of this machine (mode ${mode.toString(8)}).`,
      fix: { kind: 'command', value: `chmod 700 ${quoted(home)}` },
    }
  } catch (error) {
    return {
      ...check,
      result: 'problem',
      detail: `${home} cannot be used: ${messageOf(error)}.`,
      fix: {
        kind: 'text',
        value: 'Give the folder to the user that runs bot-bottle, or set BOT_BOTTLE_HOME to another one.',
      },
    }
  }
}

/** @param what in words, such as `of the home` */
export async function diskCheck(
  id: string,
  folder: string,
  what: string,
  group: DoctorCheck['group'] = 'Storage',
): Promise<DoctorCheck> {
  const { bavail, blocks, bsize } = await statfs(await nearest(folder))
  const free = bavail * bsize
  const result = free < SCARCE_BYTES ? 'problem' : free < LITTLE_BYTES ? 'warning' : 'ok'
  return {
    id,
    group,
    title: `Disk space ${what}`,
    result,
    detail: `${showBytes(free)} of ${showBytes(blocks * bsize)} are free at ${folder}.`,
    fix:
      result === 'ok' ? null : { kind: 'text', value: 'Clean what is left over (below), or free space on that disk.' },
  }
}

export interface DatabaseFacts {
  file: string
  /** Runs the smallest query there is. */
  ask(): Promise<unknown>
}

export async function databaseCheck({ file, ask }: DatabaseFacts): Promise<DoctorCheck> {
  const check = { id: 'database', group: 'Storage', title: 'Database' } as const
  try {
    await ask()
    const { size } = await stat(file)
    return { ...check, result: 'ok', detail: `${file} answers; it takes ${showBytes(size)}.`, fix: null }
  } catch (error) {
    return {
      ...check,
      result: 'problem',
      detail: `${file} does not answer: ${messageOf(error)}.`,
      fix: { kind: 'text', value: 'Look for a full disk first; then restart the server, which checks the file.' },
    }
  }
}

/** The folder, or the nearest one above it that exists. */
async function nearest(folder: string): Promise<string> {
  try {
    await access(folder)
    return folder
  } catch {
    const parent = path.dirname(folder)
    return parent === folder ? folder : nearest(parent)
  }
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
