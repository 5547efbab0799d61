import { constants, type FileHandle, open } from 'node:fs/promises'
import type { FileProblem } from '../../contract/manifest.ts'

/** Manifests are written by hand; anything larger is not one. */
const MAX_BYTES = 1024 * 1024

/** Reads one manifest file, or says why it cannot be read. Never waits on a pipe or device. */
export async function readText(path: string, file: string): Promise<{ text: string } | { problem: FileProblem }> {
  const refuse = (message: string, fix: string) => ({
    problem: { file, path: '', message, fix, severity: 'error' as const },
  })
  let handle: FileHandle | undefined
  try {
    // Without O_NONBLOCK, opening a named pipe waits until somebody writes to it.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const stats = await handle.stat()
    if (!stats.isFile()) return refuse('This is not a regular file.', 'Replace it with a Markdown file, or rename it.')
    if (stats.size > MAX_BYTES) {
      const size = `${(stats.size / MAX_BYTES).toFixed(1)} MiB`
      return refuse(`The file has ${size}; a manifest has at most 1 MiB.`, 'Move long documents out of it.')
    }
    const bytes = await handle.readFile()
    if (bytes.includes(0)) return refuse('The file is not text: it holds zero bytes.', 'Save it as UTF-8 text.')
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT')
      return refuse('The file is not there, or is a link to nothing.', 'Write it, or remove the link.')
    if (code === 'EACCES' || code === 'EPERM')
      return refuse('The file cannot be read: permission denied.', 'Make it readable for you: chmod u+r.')
    if (code === 'ELOOP') return refuse('The file is a link that leads to itself.', 'Remove the link.')
    if (error instanceof TypeError) return refuse('The file is not valid UTF-8.', 'Save it as UTF-8 text.')
    return refuse(`The file cannot be read (${String(code ?? 'unknown error')}).`, 'Check the file and its disk.')
  } finally {
    await handle?.close()
  }
}
