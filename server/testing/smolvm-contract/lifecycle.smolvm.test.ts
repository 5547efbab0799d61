import { execFileSync } from 'node:child_process'
import { afterEach, expect, test } from 'vitest'
import { onEveryTarget } from './on-every-target.ts'

onEveryTarget('lifecycle', (bench) => {
  const stateOf = async (name: string) => (await bench.smolvm.listed()).find((machine) => machine.name === name)?.state
  afterEach(async () => {
    for (const { name } of await bench.smolvm.listed()) await bench.smolvm.remove(String(name))
  })

  test('a machine is created, runs, is stopped, runs again with its files, and is gone', async () => {
    const { smolvm } = bench
    await smolvm.create('life', bench.image)
    expect(await stateOf('life')).toBe('created')
    await smolvm.start('life')
    expect(await stateOf('life')).toBe('running')
    await smolvm.sh('life', 'echo kept > /home/node/file')
    await smolvm.good(['machine', 'stop', '--name', 'life'])
    expect(await stateOf('life')).toBe('stopped')
    await smolvm.start('life')
    expect((await smolvm.sh('life', 'cat /home/node/file')).stdout).toBe('kept\n')
    await smolvm.remove('life')
    expect(await smolvm.listed()).toEqual([])
  })

  test('a name is given once', async () => {
    await bench.smolvm.create('twice', bench.image)
    const again = await bench.smolvm.run(['machine', 'create', ...bench.smolvm.nameArgs('twice'), ...bench.image])
    expect(again).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Error: .*machine 'twice' already exists/m) })
  })

  test('start of a running machine is no error and changes nothing', async () => {
    const { smolvm } = bench
    await smolvm.create('run', bench.image)
    await smolvm.start('run')
    const [before] = await smolvm.listed()
    expect((await smolvm.start('run')).code).toBe(0)
    expect((await smolvm.listed())[0]!.pid).toBe(before!.pid)
  })

  test('a start of what is not there fails with 1', async () => {
    const said = await bench.smolvm.run(['machine', 'start', '--name', 'nobody'])
    expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining('vm not found: nobody') })
  })

  test('stop of an unknown name says nothing of its existence before 0.8.1', async () => {
    const said = await bench.smolvm.run(['machine', 'stop', '--name', 'nobody'])
    expect(said.code).toBe(bench.has('stop of unknown fails') ? 1 : 0)
  })

  test('delete without -f and without input deletes nothing, with exit code 0', async () => {
    await bench.smolvm.create('keep', bench.image)
    const said = await bench.smolvm.run(['machine', 'delete', ...bench.smolvm.nameArgs('keep')])
    expect(said).toMatchObject({ code: 0, stdout: expect.stringContaining('Cancelled') })
    expect(await stateOf('keep')).toBe('created')
  })

  test('delete of a running machine stops it from 0.8.1; before, it goes on without a record', async () => {
    const { smolvm } = bench
    await smolvm.create('orphan', bench.image)
    await smolvm.start('orphan')
    const pid = Number((await smolvm.listed())[0]!.pid)
    await smolvm.good(['machine', 'delete', '-f', ...smolvm.nameArgs('orphan')])
    expect(await smolvm.listed()).toEqual([])
    expect(lives(pid)).toBe(!bench.has('delete stops'))
    if (lives(pid)) process.kill(pid, 'SIGKILL')
  })

  test('status tells the state in words, and the same object as the list', async () => {
    const { smolvm } = bench
    await smolvm.create('told', bench.image)
    const status = (...more: string[]) => smolvm.run(['machine', 'status', '-n', 'told', ...more])
    expect((await status()).stdout).toBe(`Machine 'told': ${bench.has('state words') ? 'created' : 'not running'}\n`)
    expect(JSON.parse((await status('--json')).stdout)).toEqual((await smolvm.listed())[0])
    await smolvm.start('told')
    expect((await status()).stdout).toMatch(/^Machine 'told': running \(PID: \d+\)$/m)
  })

  test('a list never shows the policy, nor the environment', async () => {
    await bench.smolvm.create('shy', [...bench.image, '--allow-cidr', '10.1.2.3', '-e', 'SECRET=value'])
    const shown = JSON.stringify(await bench.smolvm.listed())
    expect(shown).toContain('"network":true')
    expect(shown).not.toMatch(/10\.1\.2\.3|SECRET/)
  })

  test('a machine whose process died is not running', async () => {
    await bench.smolvm.create('died', bench.image)
    await bench.smolvm.start('died')
    process.kill(Number((await bench.smolvm.listed())[0]!.pid), 'SIGKILL')
    await expect.poll(() => stateOf('died')).toBe('stopped')
    await bench.smolvm.start('died')
    expect((await bench.smolvm.exec('died', 'true')).code).toBe(0)
  })

  test('two at once: one name is won once, two starts give one machine', async () => {
    const { smolvm } = bench
    const create = () => smolvm.run(['machine', 'create', ...smolvm.nameArgs('race'), ...bench.image])
    const codes = (await Promise.all([create(), create()])).map(({ code }) => code)
    expect(codes.sort()).toEqual([0, 1])
    const starts = await Promise.all([smolvm.start('race'), smolvm.start('race')])
    const pids = starts.map(({ stdout }) => /PID: (\d+)/.exec(stdout)?.[1])
    expect(new Set(pids).size).toBe(1)
  })
})

onEveryTarget(
  'what a machine leaves',
  (bench) => {
    test('nothing runs once the machine is gone: no gateway, no network, no container', async () => {
      await bench.smolvm.create('gone', [...bench.image, '--net'])
      await bench.smolvm.start('gone')
      const pid = Number((await bench.smolvm.listed())[0]!.pid)
      const helpers = () => execFileSync('ps', ['-eo', 'args']).toString().includes(`--pid=${pid} `)
      expect(helpers()).toBe(true)
      await bench.smolvm.remove('gone')
      await expect.poll(helpers, { timeout: 10_000 }).toBe(false)
    })
  },
  ({ double }) => double,
)

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
