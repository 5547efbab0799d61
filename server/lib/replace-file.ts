import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import path from 'node:path'

/**
 * Puts a file in place all at once: whoever reads it sees the old or the new one and never a part, also after a crash.
 *
 * @param mode permissions of the new file, such as `0o600`, whatever the umask is
 */
export async function replaceFile(file: string, content: string, mode: number): Promise<void> {
  // The leading dot keeps it out of every listing of ours.
  const beside = path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(6).toString('hex')}`)
  try {
    const handle = await open(beside, 'wx', mode)
    try {
      await handle.chmod(mode)
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(beside, file)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}
