import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { STARTER_FILES } from './starter-files.ts'

/**
 * Writes a small set of agents and bottles into a home, so that the first launch is one click away.
 * A file that is there is left as it is.
 *
 * @returns what was written, relative to the home
 */
export async function writeStarter(home: string): Promise<readonly string[]> {
  const written: string[] = []
  for (const [file, text] of Object.entries(STARTER_FILES)) {
    const path = join(home, file)
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    try {
      await writeFile(path, text, { flag: 'wx', mode: 0o600 })
      written.push(file)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  }
  return written
}
