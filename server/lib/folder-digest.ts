import { createHash } from 'node:crypto'
import { constants, lstat, open, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'

export interface FolderLimits {
  maxFiles: number
  /** Of all files together. */
  maxBytes: number
  /** `refuse` a folder that holds a symbolic link, or let the link's target be part of the digest, unfollowed. */
  links: 'refuse' | 'digest'
}

export interface FolderDigest {
  /** SHA-256 in lower-case hex, over paths, executable bits and contents; equal folders have equal ones everywhere. */
  digest: string
  files: number
  bytes: number
}

/** The folder cannot be taken; `message` completes “The folder …”. */
export class FolderRefusedError extends Error {
  constructor(
    message: string,
    readonly fix: string,
  ) {
    super(message)
    this.name = 'FolderRefusedError'
  }
}

/**
 * Reads a folder into one digest.
 *
 * @throws FolderRefusedError when it holds a refused link, something that is neither file nor folder, or too much;
 *   errors of the file system as they are
 */
export async function digestFolder(folder: string, limits: FolderLimits): Promise<FolderDigest> {
  const paths = await pathsOf(folder, '', limits)
  const hash = createHash('sha256')
  let bytes = 0
  for (const path of paths.sort()) {
    const full = join(folder, path)
    if ((await lstat(full)).isSymbolicLink()) {
      hash.update(`${path}\0l\0${await readlink(full)}\0`)
      continue
    }
    // O_NOFOLLOW: the file may have become a link since it was listed.
    const file = await open(full, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      const { mode, size } = await file.stat()
      bytes += size
      if (bytes > limits.maxBytes) throw tooMuch(`more than ${Math.round(limits.maxBytes / 1024 ** 2)} MiB`)
      const content = await file.readFile()
      hash.update(`${path}\0${(mode & 0o100) !== 0 ? 'x' : '-'}\0${content.length}\0`).update(content)
    } finally {
      await file.close()
    }
  }
  return { digest: hash.digest('hex'), files: paths.length, bytes }
}

async function pathsOf(folder: string, below: string, limits: FolderLimits): Promise<string[]> {
  const paths: string[] = []
  for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
    const path = below ? `${below}/${entry.name}` : entry.name
    if (entry.isDirectory()) paths.push(...(await pathsOf(folder, path, limits)))
    else if (entry.isFile() || (entry.isSymbolicLink() && limits.links === 'digest')) paths.push(path)
    else if (entry.isSymbolicLink()) {
      throw new FolderRefusedError(`holds a link, ${path}.`, 'Put the file itself there: links are not followed.')
    } else throw new FolderRefusedError(`holds ${path}, which is neither a file nor a folder.`, 'Remove it.')
    if (paths.length > limits.maxFiles) throw tooMuch(`more than ${limits.maxFiles} files`)
  }
  return paths
}

const tooMuch = (what: string) => new FolderRefusedError(`has ${what}.`, 'Keep only what is needed in it.')
