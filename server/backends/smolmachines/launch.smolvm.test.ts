import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { EngineChange } from '../../bottles/backend.ts'
import type { StepName } from '../../contract/events.ts'
import { LAUNCH_STEPS } from '../../contract/launch-steps.ts'
import { stateFolder } from '../../engine/tools.ts'
import { testRun } from '../../testing/test-run.ts'
import { untilSeen } from '../../testing/until-seen.ts'
import { existing } from './existing.ts'
import { KeeperLink } from './keeper-link.ts'
import { keeperSocket } from './keeper-place.ts'
import { launch } from './launch.ts'
import { recordsFile } from './policy.ts'
import { teardown } from './teardown.ts'
import { doubleAbsent, MachineHome } from './testing/machine-home.ts'
import { commandLines, tracesOf } from './testing/machine-parity.ts'
import { watch } from './watch.ts'

const absent = await doubleAbsent()

describe.skipIf(absent)(`a launch in a micro-VM (the double of smolvm)${absent ? ` (skipped: ${absent})` : ''}`, () => {
  let home: MachineHome
  beforeAll(async () => {
    home = await MachineHome.create()
  })
  afterAll(() => home[Symbol.asyncDispose]())
  afterEach(async () => {
    for (const { slug } of await existing(home.tools)) await teardown(slug, home.tools)
  })

  /** The same home with a smolvm that does not behave. */
  const spoilt = (knobs: Record<string, string>) => MachineHome.at(home.home, '1.9.3', knobs)

  test('waits for a machine that starts slowly and does not answer at first; secrets go nowhere but to the agent', async () => {
    const slow = spoilt({ FAKE_SMOLVM_START_MS: '2000', FAKE_SMOLVM_FAILED_EXECS: '4' })
    const plan = await slow.plan()
    // Of this test alone: the command lines of the whole machine are looked at, and other tests have secrets, too.
    const mark = randomBytes(6).toString('hex')
    const secret = `${mark} it's\n${'long '.repeat(4_000)}`
    const run = testRun({ SECRET: secret })
    const bottle = await launch(plan, run, slow.tools)
    const done = run.events.flatMap((event) => (event.type === 'step-done' ? [event.step] : []))
    // The bundle comes up beside the machine.
    expect([...done].sort()).toEqual(LAUNCH_STEPS.smolmachines.filter((name) => name !== 'workspace').sort())

    const tty = await bottle.attachAgent()
    tty.write(Buffer.from('printf %s "$SECRET" | wc -c; printf %s "$SECRET" | head -c 12; echo; ulimit -u\n'))
    await untilSeen(tty.output, new RegExp(`${secret.length}\\s+${mark}.*\\s+512\\s`))

    const { smolvm } = home.tools
    const [machine] = await smolvm.list()
    const processes = await smolvm.exec(machine!.name, ['sh', '-c', 'cat /proc/*/cmdline'])
    const file = recordsFile('1.9.3', smolvm.environment)
    const records = (await Promise.all([file, `${file}-wal`].map((part) => readFile(part, 'latin1')))).join('')
    const told = JSON.stringify([run.events, plan, processes, await commandLines()])
    for (const text of [told, records]) expect(text).not.toContain(mark)
    expect(records).toContain(machine!.name)
  })

  test('a machine whose list is not enforced is found out: its agent is never started, and nothing of it stays', async () => {
    const unsafe = spoilt({ FAKE_SMOLVM_TSI_UNENFORCED: '1' })
    const plan = await unsafe.plan()
    const run = testRun()
    await expect(launch(plan, run, unsafe.tools)).rejects.toThrow('“boundary probe”')
    const probe = run.events.find((event) => event.type === 'probe')
    expect(probe).toMatchObject({ verdict: 'red' })
    const red = probe?.type === 'probe' ? probe.checks.filter(({ result }) => result === 'red') : []
    expect(red.map(({ name }) => name)).toContain('host services')
    expect(run.events.some((event) => event.type === 'step-started' && event.step === 'start agent')).toBe(false)
    expect(await run.scope.close()).toEqual([])
    expect(await existing(home.tools)).toEqual([])
    expect(await tracesOf(plan.slug, home)).toEqual([])
  })

  test('a machine that does not come up is told with smolvm’s words, and nothing of it stays', async () => {
    const broken = spoilt({ FAKE_SMOLVM_START_FAILS: '1' })
    const plan = await broken.plan()
    const run = testRun()
    await expect(launch(plan, run, broken.tools)).rejects.toThrow(/“machine start”.*timed out waiting for the guest/)
    expect(await run.scope.close()).toEqual([])
    expect(await tracesOf(plan.slug, home)).toEqual([])
  })

  test.each<StepName>(['machine', 'machine start', 'provision', 'start agent'])(
    'cancelled at “%s” it undoes what was done, and says where',
    async (at) => {
      const plan = await home.plan()
      const run = testRun({}, (event) => {
        if (event.type === 'step-started' && event.step === at) run.cancel()
      })
      await expect(launch(plan, run, home.tools)).rejects.toThrow(`“${at}”`)
      // The bundle may be on its way beside the machine: then that is cancelled, too.
      const failed = run.events.filter((event) => event.type === 'step-failed')
      expect(failed).toContainEqual(expect.objectContaining({ step: at }))
      expect(failed.filter(({ message }) => message !== 'Cancelled.')).toEqual([])
      expect(await run.scope.close()).toEqual([])
      expect(await existing(home.tools)).toEqual([])
      expect(await tracesOf(plan.slug, home)).toEqual([])
    },
  )

  test('an agent that cannot be started is told with what its terminal said', async () => {
    await home.write(
      'bottles/absent.md',
      '---\nagent_provider: {template: shell, settings: {command: [no-such-agent]}}\n---\n',
    )
    await home.write('agents/absent.md', '---\nbottle: absent\n---\n')
    const plan = await home.plan({ agent: 'absent' })
    const bottle = await launch(plan, testRun(), home.tools)
    const tty = await bottle.attachAgent()
    await untilSeen(tty.output, /no-such-agent: not found/)
    expect(await tty.exited).toBe(127)
    expect(await existing(home.tools)).toMatchObject([{ slug: plan.slug, agent: 'ended', exitCode: 127 }])
  })

  test('without the process that held its terminal an agent has ended, is told so, and can be removed', async () => {
    const plan = await home.plan()
    const bottle = await launch(plan, testRun(), home.tools)
    const tty = await bottle.attachAgent()
    tty.write(Buffer.from('echo up-$((1+1)); sleep 4321\n'))
    await untilSeen(tty.output, 'up-2')
    const socket = keeperSocket(stateFolder(home.tools, plan.slug))
    const held = (await new KeeperLink(socket).state())!.pid
    const stop = new AbortController()
    const changes: EngineChange[] = []
    const watching = watch((change) => changes.push(change), home.tools, stop.signal)
    process.kill(await parentOf(held), 'SIGKILL')
    expect(await tty.exited).toBeNull()
    await expect
      .poll(() => changes, { timeout: 20_000 })
      .toEqual([
        { kind: 'ended', slug: plan.slug, exitCode: null, evidence: 'the process that held its terminal went away' },
      ])
    expect(await existing(home.tools)).toMatchObject([{ slug: plan.slug, agent: 'ended', exitCode: null }])
    // What it ran is gone with it: nobody could see it any more.
    await expect
      .poll(async () => (await home.tools.smolvm.exec(plan.machine, ['pgrep', '-f', 'sleep 4321'])).stdout, {
        timeout: 20_000,
      })
      .toBe('')
    stop.abort()
    await watching
    expect(await teardown(plan.slug, home.tools)).toEqual([])
    expect(await tracesOf(plan.slug, home)).toEqual([])
  })
})

async function parentOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}
