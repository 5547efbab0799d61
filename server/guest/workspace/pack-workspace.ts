import { constants } from 'node:fs'
import { type FileHandle, open, readlink } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Pack, pack } from 'tar-stream'
import { shown, type WorkspaceEntry, type WorkspaceScan } from './scan.ts'

/** What is told while a workspace is copied. */
export interface PackProgress {
  files: number
  bytes: number
  /** The file just copied. */
  file: string
}
export interface PackListener {
  progress(progress: PackProgress): void
  /** Something that is not as it was when the copy began. */
  note(line: string): void
}

/** Read at once; what is larger goes through in pieces. Bytes. */
const SMALL = 1024 * 1024
type Entry = Parameters<Pack['entry']>[0]
const GUEST = { uid: 1000, gid: 1000, uname: 'node', gname: 'node' }

/**
 * Packs a scanned workspace for the guest's user. Memory stays flat however large the tree is: a piece is read when the
 * one before it has been taken.
 *
 * @param folder name of the tree inside the archive
 */
export function packWorkspace(root: string, scan: WorkspaceScan, folder: string, listener: PackListener): Pack {
  const tar = pack()
  const packing = new Packing(tar, root, folder, listener)
  packing.all(scan.entries).then(
    () => tar.finalize(),
    (error: Error) => tar.destroy(error),
  )
  return tar
}

class Packing {
  #files = 0
  #bytes = 0

  constructor(
    private readonly tar: Pack,
    private readonly root: string,
    private readonly folder: string,
    private readonly listener: PackListener,
  ) {}

  async all(entries: readonly WorkspaceEntry[]): Promise<void> {
    await this.#add({ name: `${this.folder}/`, type: 'directory', mode: 0o755, mtime: new Date() })
    for (const entry of entries) {
      const name = path.posix.join(this.folder, entry.path)
      const { mtime } = entry
      if (entry.kind === 'folder') {
        // The owner keeps the right to go in: an archive cannot be unpacked into a folder that is closed.
        await this.#add({ name: `${name}/`, type: 'directory', mode: entry.mode | 0o700, mtime })
      } else if (entry.kind === 'link') {
        await this.#add({ name, type: 'symlink', linkname: entry.target, mtime })
        this.#told(entry.path, 0)
      } else {
        this.#told(entry.path, await this.#file(entry.path, { name, mode: entry.mode, mtime }))
      }
    }
  }

  /** @returns bytes copied */
  async #file(file: string, header: Entry): Promise<number> {
    const handle = await this.#open(file)
    if (!handle) return 0
    try {
      const facts = await handle.stat()
      if (!facts.isFile()) {
        this.listener.note(`Left out ${shown(file)}: it is no longer a file`)
        return 0
      }
      if (facts.size <= SMALL) {
        const content = await handle.readFile()
        await this.#add(header, content)
        return content.length
      }
      await pipeline(this.#exactly(handle, facts.size, file), this.tar.entry({ ...header, ...GUEST, size: facts.size }))
      return facts.size
    } finally {
      await handle.close()
    }
  }

  /** Never through a link: neither in the last part of the path nor, where the system can tell, in the parts before. */
  async #open(file: string): Promise<FileHandle | null> {
    const absolute = path.join(this.root, file)
    let handle: FileHandle
    try {
      handle = await open(absolute, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code !== 'ENOENT' && code !== 'ELOOP' && code !== 'EACCES') throw error
      const why = { ENOENT: 'it is gone', ELOOP: 'it became a link', EACCES: 'it cannot be read' }[code]
      this.listener.note(`Left out ${shown(file)}: ${why}`)
      return null
    }
    const opened = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => absolute)
    if (opened === absolute) return handle
    await handle.close()
    this.listener.note(`Left out ${shown(file)}: the way to it changed while it was copied`)
    return null
  }

  /** An archive promises a file's size before its content: what grew is cut, what shrank is filled up with zeros. */
  async *#exactly(handle: FileHandle, size: number, file: string): AsyncGenerator<Buffer> {
    let left = size
    while (left > 0) {
      const buffer = Buffer.allocUnsafe(Math.min(left, SMALL))
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null)
      if (bytesRead === 0) break
      left -= bytesRead
      this.listener.progress({ files: this.#files, bytes: this.#bytes + size - left, file })
      yield buffer.subarray(0, bytesRead)
    }
    if (left === 0) return
    this.listener.note(`${shown(file)} became shorter while it was copied: its last ${left} bytes are zeros`)
    for (; left > 0; left -= SMALL) yield Buffer.alloc(Math.min(left, SMALL))
  }

  #add(header: Entry, content?: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (error?: Error | null) => (error ? reject(error) : resolve())
      if (content) this.tar.entry({ ...header, ...GUEST }, content, done)
      else this.tar.entry({ ...header, ...GUEST }, done)
    })
  }

  #told(file: string, bytes: number): void {
    this.#files += 1
    this.#bytes += bytes
    this.listener.progress({ files: this.#files, bytes: this.#bytes, file })
  }
}
