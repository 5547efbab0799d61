import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { EngineChange } from '../../bottles/backend.ts'
import type { StepName } from '../../contract/events.ts'
import { LAUNCH_STEPS } from '../../contract/launch-steps.ts'
import { stateFolder } from '../../engine/tools.ts'
import { testRun } from '../../testing/test-run.ts'
import { untilSeen } from '../../testing/until-seen.ts'
import type { BootTrials } from './boot-trials.ts'
import { existing } from './existing.ts'
import { smolmachines } from './index.ts'
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

  test('a network that somebody made since the plan is told, and the next plan goes round it; processes are limited in shells, too', async () => {
    await home.write('bottles/few.md', '---\nagent_provider: {template: shell}\nlimits: {pids: 300}\n---\n')
    await home.write('agents/few.md', '---\nbottle: few\n---\n')
    const { docker, smolvm } = home.tools
    const backend = smolmachines(home.tools)
    await backend.facts()
    const request = await home.request({ agent: 'few' })
    // As on a Mac, where networks of the engine are none of this machine's.
    const planned = async () => backend.plan(request, { ...(await home.facts()), networks: [], smolvm: backend.seen() })
    const before = await planned()
    const somebodys = await docker.createNetwork({
      Name: `bot-bottle-test-${before.slug}`,
      IPAM: { Driver: 'default', Config: [{ Subnet: before.bundleSubnet }] },
      Labels: { 'io.bot-bottle.test': 'subnet' },
    })
    try {
      const run = testRun()
      await expect(backend.launch(before, run)).rejects.toThrow(`${before.bundleSubnet} is in use by another network`)
      expect(await run.scope.close()).toEqual([])
      const after = await planned()
      expect([after.slug, after.bundleSubnet === before.bundleSubnet]).toEqual([before.slug, false])
      const bottle = await backend.launch(after, testRun())

      const shell = await bottle.openShell('shell', { cols: 100, rows: 30 })
      shell.write(Buffer.from(`sh -c '${MANY}'\n`))
      await untilSeen(shell.output, /Cannot fork/)
      shell.write(Buffer.from('ulimit -u 301; ulimit -u; exit\n'))
      await untilSeen(shell.output, /cannot modify limit[\s\S]*\s300\s/)
      await smolvm.exec(after.machine, ['pkill', '-u', '1000', 'sleep'])
      // The control: without the limit as many are had. (All of this machine's users are one kernel's here: hence so few.)
      const unlimited = ['setpriv', '--reuid=1000', '--regid=1000', '--clear-groups', '--', 'sh', '-c', MANY]
      expect(await smolvm.exec(after.machine, unlimited)).toMatchObject({ code: 0, stdout: 'all\n' })
      await smolvm.exec(after.machine, ['pkill', '-u', '1000', 'sleep'])
    } finally {
      await docker.removeNetwork(somebodys.id)
    }
  })

  test('a trial with an empty machine tells whether machines boot; that is kept for this program, and nothing else stays', async () => {
    const cache = path.join(home.home, 'boots')
    const trials = (knobs: Record<string, string> = {}) => MachineHome.at(home.home, '1.9.3', knobs, cache).tools.boots
    const over = (boots: BootTrials) => expect.poll(() => boots.runningSince, { timeout: 60_000 }).toBeNull()
    const machines = async () => (await home.tools.smolvm.list()).map(({ name }) => name)

    const good = trials()
    expect(await good.seen()).toBeNull()
    good.start()
    expect(good.runningSince).not.toBeNull()
    await over(good)
    expect(await good.seen()).toMatchObject({ ok: true })
    expect(await trials().seen()).toEqual(await good.seen())

    const slow = trials({ FAKE_SMOLVM_START_MS: '600000' })
    slow.start()
    await expect.poll(machines, { timeout: 60_000 }).toContainEqual(expect.stringMatching(/^bot-bottle_boot-/))
    await slow.cancel()
    expect([await machines(), slow.runningSince]).toEqual([[], null])
    expect(await slow.seen()).toMatchObject({ ok: true })

    const bad = trials({ FAKE_SMOLVM_START_FAILS: '1' })
    bad.start()
    await over(bad)
    expect(await bad.seen()).toMatchObject({
      ok: false,
      why: expect.stringContaining('timed out waiting for the guest'),
    })
    expect(await machines()).toEqual([])
  })

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

/** More processes than the bottle may have, for a while. */
const MANY = 'i=0; while [ $i -lt 310 ]; do sleep 60 >/dev/null 2>&1 & i=$((i+1)); done; echo all'

async function parentOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}
