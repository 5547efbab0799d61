import { once } from 'node:events'
import { beforeAll, expect, test } from 'vitest'
import { onEveryTarget } from './on-every-target.ts'

const CAP = 11 * 1024 * 1024

onEveryTarget('exec', (bench) => {
  const exec = (options: string[], ...command: string[]) =>
    bench.smolvm.run(['machine', 'exec', '--name', 'm', ...options, '--', ...command])
  const sh = (script: string) => exec([], 'sh', '-c', script)

  beforeAll(async () => {
    await bench.smolvm.create('m', [...bench.image, '-e', 'FROM=record', '-e', 'RECORD_ONLY=yes', '-e', 'malformed'])
    await bench.smolvm.start('m')
  })

  test.each([0, 1, 2, 77, 126, 255])('the program’s exit code %i is ours', async (code) => {
    expect((await sh(`exit ${code}`)).code).toBe(code)
  })

  test('a program that a signal killed: 128 and the signal since 0.8.1, 255 before', async () => {
    expect((await sh('kill -KILL $$')).code).toBe(bench.has('signal codes') ? 137 : 255)
  })

  test('a program that does not exist is no success', async () => {
    expect((await exec([], 'no-such-program')).code).not.toBe(0)
  })

  test('over time: 124, and the program is gone', async () => {
    const said = await exec(['--timeout', '1s'], 'sleep', '4321')
    expect(said).toMatchObject({ code: 124, stderr: expect.stringContaining('timed out') })
    expect((await sh('ps -eo args')).stdout).not.toContain('4321')
  })

  test('both streams come byte for byte, and apart', async () => {
    const said = await sh("printf 'out\\r\\n\\001'; printf 'err' >&2")
    expect(said).toMatchObject({ stdout: 'out\r\n\u0001', stderr: 'err' })
  })

  test('without -i standard input is empty; with it, it is ours', async () => {
    const run = (flags: string[]) =>
      bench.smolvm.run(['machine', 'exec', '--name', 'm', ...flags, '--', 'cat'], { input: 'given' })
    expect((await run([])).stdout).toBe('')
    expect((await run(['-i'])).stdout).toBe('given')
  })

  test('with --stream output comes while the program runs, without it at the end', async () => {
    const first = async (...flags: string[]) => {
      const child = bench.smolvm.spawn(['machine', 'exec', '--name', 'm', ...flags, '--', 'sh', '-c', SPEAKS])
      const [chunk] = (await once(child.stdout!, 'data')) as [Buffer]
      child.kill('SIGKILL')
      return chunk.toString()
    }
    expect(await first('--stream')).toBe('first\n')
    expect(await first()).toBe('first\nsecond\n')
  })

  test('environment: the image’s, over it the record’s, over it that of exec; what is malformed is skipped', async () => {
    const { stdout } = await exec(['-e', 'FROM=exec', '-e', '=x'], 'env')
    expect(stdout).toMatch(/^IMAGE_ONLY=yes$/m)
    expect(stdout).toMatch(/^RECORD_ONLY=yes$/m)
    expect(stdout).toMatch(/^FROM=exec$/m)
    expect((await exec([], 'env')).stdout).toMatch(/^FROM=record$/m)
    expect(stdout).not.toContain('malformed')
  })

  test('folder: the image’s, or that of -w', async () => {
    expect((await exec([], 'pwd')).stdout).toBe('/home/node\n')
    expect((await exec(['-w', '/tmp'], 'pwd')).stdout).toBe('/tmp\n')
  })

  test('programs run as the image’s user since 1.6.0, as root before', async () => {
    expect((await exec([], 'id', '-u')).stdout).toBe(bench.has('image user') ? '1000\n' : '0\n')
  })

  test('what a program leaves running lives on since 1.4.1 and dies with it before, also in a session of its own', async () => {
    await sh('setsid sleep 9876 >/dev/null 2>&1 & sleep 0.1')
    const left = (await sh('ps -eo args')).stdout.includes('sleep 9876')
    expect(left).toBe(bench.has('joined processes'))
  })

  test('a program ends with its client', async () => {
    const child = bench.smolvm.spawn([
      'machine',
      'exec',
      '--name',
      'm',
      '--stream',
      '--',
      'sh',
      '-c',
      'echo on; sleep 5432',
    ])
    await once(child.stdout!, 'data')
    const there = async () => (await sh('ps -eo args')).stdout.includes('sleep 5432')
    child.kill('SIGKILL')
    await expect.poll(there, { timeout: 10_000 }).toBe(false)
  })

  test('more than 11 MiB is cut silently before 1.6.12 and an error since', async () => {
    const said = await exec([], 'sh', '-c', `head -c ${CAP + 1} /dev/zero`)
    if (!bench.has('overflow is an error')) expect([said.code, said.stdout.length]).toEqual([0, CAP])
    else expect(said).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('Error: ') })
  })

  test('a machine that is off, and one that is not there, end with 1 and say so', async () => {
    await bench.smolvm.create('off', bench.image)
    expect(await bench.smolvm.exec('off', 'true')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is not running'),
    })
    expect(await bench.smolvm.exec('none', 'true')).toMatchObject({ code: 1, stderr: 'Error: vm not found: none\n' })
  })
})

/** Waits for its end so long that a listener cannot miss the difference. */
const SPEAKS = 'echo first; sleep 1; echo second'
