import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { execa } from 'execa'
import { pack } from 'tar-stream'
import { expect, test } from 'vitest'
import type { GuestResult } from '../../guest/guest-access.ts'
import { readable } from '../../lib/readable-tar.ts'
import type { MachineGuest } from './machine-guest.ts'
import { unpackingLater } from './unpacking-later.ts'

const tarOf = (name: string, content: string) => {
  const tar = pack()
  tar.entry({ name }, content)
  tar.finalize()
  return readable(tar)
}

test('archives go in as one, all of them before the program, in one exec', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'bot-bottle-later-'))
  const execs: (readonly string[])[] = []
  const guest = {
    async unpackThen(tar: Buffer, at: string, command: readonly string[]): Promise<GuestResult> {
      execs.push(command)
      expect(at).toBe('/')
      await execa('tar', ['-x', '-C', folder, '-f', '-'], { input: tar })
      const { stdout } = await promisify(execFile)(command[0]!, command.slice(1), { cwd: folder })
      return { code: 0, stdout, stderr: '' }
    },
  } as unknown as MachineGuest
  const later = unpackingLater(guest)
  const { signal } = new AbortController()
  await later.unpack(tarOf('first', 'x'.repeat(70_000)), '/', signal)
  await later.unpack(tarOf('second', 'two'), '/', signal)
  expect(await readdir(folder)).toEqual([])
  const { stdout } = await later.run({ command: ['cat', 'second'], user: 'root' })
  expect([stdout, execs.length, (await readFile(path.join(folder, 'first'), 'utf8')).length]).toEqual([
    'two',
    1,
    70_000,
  ])
  await rm(folder, { recursive: true, force: true })
})
