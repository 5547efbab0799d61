import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockHome, lockPath } from './home-lock.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'bot-bottle-lock-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

test('a second server on a home is refused, and told the first one’s process and address', async () => {
  const first = await lockHome(home)
  await expect(lockHome(home)).rejects.toThrow(`(process ${process.pid})`)
  first.announce('http://localhost:4747')
  await expect(lockHome(home)).rejects.toThrow(`(process ${process.pid}, at http://localhost:4747). Open that address`)
  await first.release()
  await (await lockHome(home)).release()
  expect(await readdir(home)).toEqual([])
})

test('of many that come at once exactly one gets the home', async () => {
  const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => lockHome(home)))
  const locks = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []))
  expect(locks).toHaveLength(1)
  await locks[0]!.release()
})

test('the lock of a server that was killed is replaced', async () => {
  const code = `require('node:net').createServer().listen(${JSON.stringify(lockPath(home))}, () => console.log('up'))`
  const dead = spawn(process.execPath, ['-e', code])
  await once(dead.stdout, 'data')
  dead.kill('SIGKILL')
  await once(dead, 'exit')
  expect(existsSync(lockPath(home))).toBe(true)
  const attempts = await Promise.allSettled(Array.from({ length: 4 }, () => lockHome(home)))
  expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const attempt of attempts) if (attempt.status === 'fulfilled') await attempt.value.release()
})

test('whatever else lies in its place is replaced, too', async () => {
  await writeFile(lockPath(home), 'not a socket')
  await (await lockHome(home)).release()
})

test('a home with a long path has its lock in the temporary folder', async () => {
  const long = path.join(home, 'x'.repeat(120))
  expect(lockPath(long).startsWith(tmpdir())).toBe(true)
  const lock = await lockHome(long)
  await expect(lockHome(long)).rejects.toThrow('Another bot-bottle')
  await lock.release()
})
