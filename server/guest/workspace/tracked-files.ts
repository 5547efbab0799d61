import { readFile } from 'node:fs/promises'
import path from 'node:path'

/** What git tracks in spite of its ignore rules stays part of a copy, as it stays part of a clone. */
export interface TrackedFiles {
  /** Paths relative to the repository, with `/` between their parts. */
  files: ReadonlySet<string>
  /** Every folder that one of them is in. */
  folders: ReadonlySet<string>
}

const NOTHING: TrackedFiles = { files: new Set(), folders: new Set() }

/**
 * Reads a repository's index. Git itself is not asked: in a tree that an agent has written, its configuration could run
 * programs of the agent's choice.
 *
 * @returns nothing for a folder that is no repository, and for an index that cannot be understood
 * @see https://git-scm.com/docs/index-format
 */
export async function readTracked(root: string): Promise<TrackedFiles> {
  try {
    return fold(namesOf(await readFile(path.join(root, '.git/index'))))
  } catch {
    return NOTHING
  }
}

/** Ten numbers of four bytes and the SHA-1 come before an entry's flags. */
const FLAGS_AT = 40 + 20
const EXTENDED = 0x4000

function* namesOf(index: Buffer): Generator<string> {
  if (index.toString('latin1', 0, 4) !== 'DIRC') return
  const version = index.readUInt32BE(4)
  const count = index.readUInt32BE(8)
  let at = 12
  let before = Buffer.alloc(0)
  for (let n = 0; n < count; n++) {
    const start = at
    const extended = (index.readUInt16BE(start + FLAGS_AT) & EXTENDED) !== 0
    at = start + FLAGS_AT + (extended ? 4 : 2)
    let kept = Buffer.alloc(0)
    if (version >= 4) {
      const dropped = varint(index, at)
      at = dropped.next
      kept = before.subarray(0, before.length - dropped.value)
    }
    const end = index.indexOf(0, at)
    if (end < 0) throw new Error('A name without an end.')
    before = Buffer.concat([kept, index.subarray(at, end)])
    yield before.toString('utf8')
    // Until version 4 an entry is filled up with 1 to 8 NULs, to a multiple of 8.
    at = version >= 4 ? end + 1 : start + Math.ceil((end + 1 - start) / 8) * 8
  }
}

/** Git's variable length number, most significant part first. */
function varint(buffer: Buffer, start: number): { value: number; next: number } {
  let next = start
  let byte = buffer.readUInt8(next++)
  let value = byte & 0x7f
  while (byte & 0x80) {
    byte = buffer.readUInt8(next++)
    value = ((value + 1) << 7) | (byte & 0x7f)
  }
  return { value, next }
}

function fold(names: Iterable<string>): TrackedFiles {
  const files = new Set(names)
  const folders = new Set<string>()
  for (const file of files) {
    for (let folder = path.posix.dirname(file); folder !== '.' && !folders.has(folder); ) {
      folders.add(folder)
      folder = path.posix.dirname(folder)
    }
  }
  return { files, folders }
}
