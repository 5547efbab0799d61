import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { onEveryTarget } from './on-every-target.ts'

onEveryTarget(
  'knobs',
  (bench) => {
    test('so many execs fail after a start, with 1 and an error of smolvm’s own', async () => {
      await bench.smolvm.create('race', bench.image)
      await bench.smolvm.start('race', { FAKE_SMOLVM_FAILED_EXECS: '2' })
      const said = [await bench.smolvm.exec('race', 'true'), await bench.smolvm.exec('race', 'true')]
      for (const one of said) expect(one).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Error: /) })
      expect((await bench.smolvm.exec('race', 'true')).code).toBe(0)
      await bench.smolvm.remove('race')
    })

    test('a start that fails leaves a machine that can be started', async () => {
      await bench.smolvm.create('fails', bench.image)
      const env = { FAKE_SMOLVM_START_FAILS: '1' }
      expect((await bench.smolvm.run(['machine', 'start', '--name', 'fails'], { env })).code).toBe(1)
      expect((await bench.smolvm.listed())[0]).toMatchObject({ state: 'failed', pid: null })
      await bench.smolvm.start('fails')
      await bench.smolvm.remove('fails')
    })

    test('an upload to a temporary folder is hidden by the first exec, one after it is not', async () => {
      const env = { FAKE_SMOLVM_MASKED: '/tmp' }
      const file = path.join(bench.folder, 'upload')
      await writeFile(file, 'x')
      const cp = () => bench.smolvm.good(['machine', 'cp', file, 'masked:/tmp/upload'], { env })
      const there = async () =>
        (await bench.smolvm.run(['machine', 'exec', '--name', 'masked', '--', 'ls', '/tmp/upload'], { env })).code === 0
      await bench.smolvm.create('masked', bench.image)
      await bench.smolvm.start('masked', env)
      await cp()
      expect(await there()).toBe(false)
      await cp()
      expect(await there()).toBe(true)
      await bench.smolvm.remove('masked')
    })

    test('a machine whose agent does not answer is unreachable, and can be removed', async () => {
      await bench.smolvm.create('silent', bench.image)
      await bench.smolvm.start('silent')
      process.kill(Number((await bench.smolvm.listed())[0]!.pid), 'SIGSTOP')
      await expect.poll(async () => (await bench.smolvm.listed())[0]!.state).toBe('unreachable')
      expect((await bench.smolvm.exec('silent', 'true')).code).toBe(1)
      await bench.smolvm.remove('silent')
      expect(await bench.smolvm.listed()).toEqual([])
    })

    test('an idle program is wanted since 1.4.1: one that ends at once fails the start', async () => {
      if (!bench.has('joined processes')) return
      await bench.smolvm.create('ends', [...bench.image, '--', 'true'])
      expect((await bench.smolvm.run(['machine', 'start', '--name', 'ends'])).code).toBe(1)
      await bench.smolvm.remove('ends')
    })
  },
  ({ double }) => double,
)
