import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { artifactFolder } from './artifact.ts'
import { leftovers, removeLeftover } from './leftovers.ts'
import { processMark } from './process-mark.ts'

let cache = ''
beforeEach(async () => {
  cache = await mkdtemp(path.join(tmpdir(), 'bot-bottle-cache-'))
  await mkdir(artifactFolder(cache))
})
afterEach(() => rm(cache, { recursive: true, force: true }))

async function file(name: string, madeAt: number): Promise<void> {
  const full = path.join(artifactFolder(cache), name)
  await writeFile(full, 'x'.repeat(madeAt))
  await utimes(full, madeAt, madeAt)
}

test('the newest artifact is kept, older ones can be removed', async () => {
  for (const [name, at] of [
    ['old.tar', 100],
    ['new.tar', 300],
    ['older.smolmachine', 50],
  ] as const)
    await file(name, at)
  const found = await leftovers({ cache })
  expect(found.map(({ id, bytes }) => `${id} ${bytes}`)).toEqual([
    'artifact:old.tar 100',
    'artifact:older.smolmachine 50',
  ])
  await removeLeftover(found[0]!, { cache })
  expect((await readdir(artifactFolder(cache))).sort()).toEqual(['new.tar', 'older.smolmachine'])
})

test('what was interrupted is told as such, and what is being made right now is not told', async () => {
  await file('new.tar', 300)
  // No process has this number: it is above what a kernel gives.
  await file('.abc-99999999-1.tar', 400)
  await file(`.abc-${processMark()}.tar`, 500)
  expect(await leftovers({ cache })).toMatchObject([
    { id: 'artifact:.abc-99999999-1.tar', why: 'Making it was interrupted.' },
  ])
})

test('nothing else can be removed through it', async () => {
  await file('new.tar', 300)
  const wish = { id: 'artifact:x', kind: 'artifact', slug: null, bytes: 0, createdAt: 0, why: '' } as const
  for (const name of [path.join(artifactFolder(cache), 'new.tar'), '/etc/passwd'])
    await expect(removeLeftover({ ...wish, name }, { cache })).rejects.toThrow('is not something')
})

test('no folder is no leftover', async () => {
  expect(await leftovers({ cache: path.join(cache, 'nowhere') })).toEqual([])
})
