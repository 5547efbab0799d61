import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { type Pack, pack } from 'tar-stream'
import { readable } from '../lib/readable-tar.ts'

/** A file made here, not read from the disk. */
export interface ContextFile {
  name: string
  content: string
}

/** A tar of files made here. */
export function buildContext(files: readonly ContextFile[]): Readable {
  const tar = pack()
  for (const { name, content } of files) tar.entry({ name, mode: 0o644, mtime: EPOCH }, content)
  tar.finalize()
  return readable(tar)
}

/** A tar of a Dockerfile's folder. Times are left out, so that the same content is the same to the builder's cache. */
export function folderContext(folder: string): Readable {
  const tar = pack()
  addFolder(tar, folder, '').then(
    () => tar.finalize(),
    (error: Error) => tar.destroy(error),
  )
  return readable(tar)
}

async function addFolder(tar: Pack, root: string, inside: string): Promise<void> {
  for (const entry of await readdir(path.join(root, inside), { withFileTypes: true })) {
    const name = path.posix.join(inside, entry.name)
    const file = path.join(root, name)
    if (entry.isDirectory()) await addFolder(tar, root, name)
    else if (entry.isSymbolicLink()) {
      await written((done) =>
        readlink(file).then((linkname) => tar.entry({ name, type: 'symlink', linkname, mtime: EPOCH }, done)),
      )
    } else if (entry.isFile()) {
      const [content, { mode }] = await Promise.all([readFile(file), lstat(file)])
      await written((done) => tar.entry({ name, mode: mode & 0o777, mtime: EPOCH }, content, done))
    }
  }
}

const EPOCH = new Date(0)

const written = (write: (done: (error?: Error | null) => void) => unknown): Promise<void> =>
  new Promise((resolve, reject) => void write((error) => (error ? reject(error) : resolve())))
