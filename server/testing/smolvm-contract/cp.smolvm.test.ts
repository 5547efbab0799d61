import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { onEveryTarget } from './on-every-target.ts'

onEveryTarget('cp', (bench) => {
  const cp = (...args: string[]) => bench.smolvm.run(['machine', 'cp', ...args])
  let file: string
  const content = Buffer.from([0, 1, 2, 255, 10, 13, 0])

  beforeAll(async () => {
    file = path.join(bench.folder, 'file')
    await writeFile(file, content)
    await bench.smolvm.create('m', bench.image)
    await bench.smolvm.start('m')
  })

  test('a file arrives byte for byte, with the folders it needs, owned by root, and comes back', async () => {
    expect(await cp(file, 'm:/home/node/a/b/file')).toMatchObject({ code: 0, stdout: '' })
    expect((await bench.smolvm.sh('m', 'stat -c "%u %F" /home/node/a/b/file')).stdout).toBe('0 regular file\n')
    const back = path.join(bench.folder, 'back')
    expect((await cp('m:/home/node/a/b/file', back)).code).toBe(0)
    expect(await readFile(back)).toEqual(content)
  })

  test('a folder is refused, from either side', async () => {
    await mkdir(path.join(bench.folder, 'folder'), { recursive: true })
    expect((await cp(path.join(bench.folder, 'folder'), 'm:/home/node/x')).code).toBe(1)
    expect((await cp('m:/home/node', path.join(bench.folder, 'y'))).code).toBe(1)
  })

  test('exactly one side is the machine’s', async () => {
    expect((await cp(file, path.join(bench.folder, 'z'))).code).not.toBe(0)
    expect((await cp('m:/a', 'm:/b')).code).not.toBe(0)
  })

  test('mode and owner can be given from 1.9.0', async () => {
    const said = await cp('--mode', '0600', '--uid', '1000', '--gid', '1000', file, 'm:/home/node/mine')
    expect(said.code).toBe(bench.has('cp ownership') ? 0 : 2)
    if (said.code !== 0) return
    expect((await bench.smolvm.sh('m', 'stat -c "%u %g %a" /home/node/mine')).stdout).toBe('1000 1000 600\n')
  })

  test('a machine that is off takes nothing', async () => {
    await bench.smolvm.create('off', bench.image)
    expect((await cp(file, 'off:/home/node/x')).code).toBe(1)
  })
})
