import { mkdir, mkdtemp, realpath, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { extract } from 'tar-stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { packWorkspace } from './pack-workspace.ts'
import { scanWorkspace } from './scan.ts'

let root: string
beforeEach(async () => {
  root = await realpath(await mkdtemp(path.join(tmpdir(), 'workspace-')))
})
afterEach(() => rm(root, { recursive: true, force: true }))

const scanned = () => scanWorkspace(root, new AbortController().signal)

/** What comes out of the archive, and what was told on the way. @param onBytes to change the tree meanwhile */
async function packed(scan: Awaited<ReturnType<typeof scanned>>, onBytes: () => unknown = () => {}) {
  const notes: string[] = []
  const tar = packWorkspace(root, scan, 'workspace', { note: (line) => notes.push(line), progress: onBytes })
  const entries: Record<string, { uid: number; mode: number; type: string; text: Buffer }> = {}
  for await (const entry of tar.pipe(extract())) {
    const pieces: Buffer[] = []
    for await (const piece of entry) pieces.push(piece as Buffer)
    const { name, uid, mode, type } = entry.header
    entries[name] = { uid, mode, type, text: Buffer.concat(pieces) }
  }
  return { entries, notes }
}

test('everything is the guest’s user’s, and what may run may still run', async () => {
  await mkdir(path.join(root, 'sub'))
  await writeFile(path.join(root, 'sub/run.sh'), '#!/bin/sh\n', { mode: 0o755 })
  const { entries } = await packed(await scanned())
  expect(Object.keys(entries)).toEqual(['workspace/', 'workspace/sub/', 'workspace/sub/run.sh'])
  expect(entries['workspace/sub/run.sh']).toMatchObject({ uid: 1000, mode: 0o755 })
})

test('names that are long, odd or hostile arrive as they are', async () => {
  const name = `${'long '.repeat(40)}\n"ünï" ;$(id)`
  await writeFile(path.join(root, name), 'x')
  const { entries } = await packed(await scanned())
  expect(entries[`workspace/${name}`]?.text.toString()).toBe('x')
})

test('a large file that shrinks meanwhile is filled up and said; the archive stays whole', async () => {
  const file = path.join(root, 'large')
  await writeFile(file, Buffer.alloc(5_000_000, 1))
  await writeFile(path.join(root, 'next'), 'next')
  const scan = await scanned()
  let cut: Promise<void> | undefined
  const { entries, notes } = await packed(scan, () => (cut ??= truncate(file, 10)))
  await cut
  expect(entries['workspace/large']?.text).toHaveLength(5_000_000)
  expect(notes).toEqual([expect.stringContaining('large became shorter')])
  expect(entries['workspace/next']?.text.toString()).toBe('next')
})

test('a file that grew since it was listed is copied as it is now', async () => {
  await writeFile(path.join(root, 'small'), 'a')
  const scan = await scanned()
  await writeFile(path.join(root, 'small'), 'much longer')
  expect((await packed(scan)).entries['workspace/small']?.text.toString()).toBe('much longer')
})

test('what became a link, or is reached through one, is not followed', async () => {
  const outside = await mkdtemp(path.join(tmpdir(), 'outside-'))
  await writeFile(path.join(outside, 'file'), 'secret')
  await mkdir(path.join(root, 'folder'))
  await writeFile(path.join(root, 'folder/file'), 'mine')
  await writeFile(path.join(root, 'plain'), 'mine')
  const scan = await scanned()
  await rm(path.join(root, 'folder'), { recursive: true })
  await symlink(outside, path.join(root, 'folder'))
  await rm(path.join(root, 'plain'))
  await symlink(path.join(outside, 'file'), path.join(root, 'plain'))
  const { entries, notes } = await packed(scan)
  expect(JSON.stringify(Object.values(entries).map(({ text }) => text.toString()))).not.toContain('secret')
  expect(notes).toEqual([expect.stringContaining('folder/file'), expect.stringContaining('plain: it became a link')])
  await rm(outside, { recursive: true })
})
