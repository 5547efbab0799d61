import type { Dirent } from 'node:fs'
import { lstat, readdir, readlink } from 'node:fs/promises'
import path from 'node:path'
import { HintedError, messageOf } from '../../errors.ts'
import { IgnoreRules } from './ignore-rules.ts'
import { readTracked, type TrackedFiles } from './tracked-files.ts'

/** What will be copied, by its path relative to the workspace, with `/` between its parts. */
export type WorkspaceEntry =
  | { kind: 'folder'; path: string; mode: number; mtime: Date }
  | { kind: 'file'; path: string; mode: number; mtime: Date; size: number }
  | { kind: 'link'; path: string; target: string; mtime: Date }

export interface WorkspaceScan {
  /** Folders before what is in them. */
  entries: readonly WorkspaceEntry[]
  files: number
  /** Of all files. */
  bytes: number
  /** What is left out though no rule says so, in words for the operator. */
  notes: readonly string[]
}

/**
 * Lists what a bottle gets of a workspace: everything but what `.gitignore` files and `.git/info/exclude` leave out
 * (what git tracks all the same is not left out), and `.git` itself. Links are never followed.
 *
 * @throws HintedError when the workspace cannot be read, or when a link leads out of it
 */
export async function scanWorkspace(root: string, signal: AbortSignal): Promise<WorkspaceScan> {
  if (path.resolve(root) === path.parse(root).root) {
    throw new HintedError(
      'The workspace is the whole file system, and all of it would be copied into the bottle.',
      'Choose the folder of one project.',
    )
  }
  const scan = new Scan(root, await readTracked(root), signal)
  await scan.folder('', { rules: await IgnoreRules.ofRoot(root), inGit: false, ignored: false })
  return scan.result()
}

/** What holds for a folder. */
interface Where {
  rules: IgnoreRules
  /** Below `.git` no rule applies: a repository without some of its files is none. */
  inGit: boolean
  /** A rule leaves the folder out: only what git tracks all the same is taken. */
  ignored: boolean
}

class Scan {
  readonly #entries: WorkspaceEntry[] = []
  readonly #notes: string[] = []
  readonly #escapes: string[] = []
  #files = 0
  #bytes = 0

  constructor(
    private readonly root: string,
    private readonly tracked: TrackedFiles,
    private readonly signal: AbortSignal,
  ) {}

  result(): WorkspaceScan {
    const [first] = this.#escapes
    if (first) {
      const more = this.#escapes.length > 1 ? ` (and ${this.#escapes.length - 1} more)` : ''
      throw new HintedError(
        `The workspace has a link that leads out of it: ${first}${more}. Nothing was copied.`,
        'Remove the link, let a .gitignore leave it out, or launch without a workspace.',
      )
    }
    return { entries: this.#entries, files: this.#files, bytes: this.#bytes, notes: this.#notes }
  }

  async folder(inside: string, where: Where): Promise<void> {
    this.signal.throwIfAborted()
    for (const entry of await this.#read(inside)) {
      const name = decode(entry.name)
      if (name === null) {
        this.#note(path.posix.join(inside, entry.name.toString('utf8')), 'its name is not UTF-8')
        continue
      }
      const file = path.posix.join(inside, name)
      const inGit = where.inGit || name === '.git'
      const ignored = !inGit && (where.ignored || where.rules.ignores(file, entry.isDirectory()))
      if (ignored && !this.#isTracked(file, entry.isDirectory())) continue
      if (entry.isDirectory()) await this.#subfolder(file, { ...where, inGit, ignored })
      else if (entry.isSymbolicLink()) await this.#link(file)
      else if (entry.isFile()) await this.#file(file)
      else this.#note(file, 'it is neither a file, a folder nor a link')
    }
  }

  #isTracked(file: string, isFolder: boolean): boolean {
    return (isFolder ? this.tracked.folders : this.tracked.files).has(file)
  }

  async #read(inside: string): Promise<Dirent<Buffer>[]> {
    try {
      const entries = await readdir(path.join(this.root, inside), { withFileTypes: true, encoding: 'buffer' })
      return entries.sort((a, b) => Buffer.compare(a.name, b.name))
    } catch (cause) {
      const where = path.join(this.root, inside)
      throw new HintedError(
        `The workspace cannot be read: ${messageOf(cause)}`,
        inside
          ? `Make ${shown(where)} readable, or let a .gitignore leave it out.`
          : 'Choose a folder that exists and that you may read.',
        { cause },
      )
    }
  }

  async #subfolder(file: string, where: Where): Promise<void> {
    const { mode, mtime } = await lstat(path.join(this.root, file))
    this.#entries.push({ kind: 'folder', path: file, mode: mode & 0o777, mtime })
    const rules = where.inGit ? where.rules : await where.rules.into(this.root, file)
    await this.folder(file, { ...where, rules })
  }

  async #file(file: string): Promise<void> {
    const { mode, mtime, size } = await lstat(path.join(this.root, file))
    this.#entries.push({ kind: 'file', path: file, mode: mode & 0o777, mtime, size })
    this.#files += 1
    this.#bytes += size
  }

  async #link(file: string): Promise<void> {
    const absolute = path.join(this.root, file)
    const [target, { mtime }] = await Promise.all([readlink(absolute), lstat(absolute)])
    const from = path.dirname(absolute)
    const fromRoot = path.relative(this.root, path.resolve(from, target))
    if (fromRoot === '..' || fromRoot.startsWith(`..${path.sep}`) || path.isAbsolute(fromRoot)) {
      this.#escapes.push(`${shown(file)} → ${shown(target)}`)
      return
    }
    // The workspace lies elsewhere in the guest: an absolute link into it becomes a relative one.
    const inGuest = path.isAbsolute(target) ? path.relative(from, target) || '.' : target
    this.#entries.push({ kind: 'link', path: file, target: inGuest, mtime })
    this.#files += 1
  }

  #note(file: string, why: string): void {
    this.#notes.push(`Left out ${shown(file)}: ${why}`)
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
function decode(name: Buffer): string | null {
  try {
    return utf8.decode(name)
  } catch {
    return null
  }
}

/** A path for a log line: what could move a terminal's cursor is spelt out. */
export const shown = (file: string): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/.test(file) ? JSON.stringify(file) : file
}
