import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { LAUNCH_STEPS } from '../../contract/launch-steps.ts'
import { testRun } from '../../testing/test-run.ts'
import { untilSeen } from '../../testing/until-seen.ts'
import { existing } from './existing.ts'
import { launch } from './launch.ts'
import { teardown } from './teardown.ts'
import { doubleAbsent, MachineHome, type Profile } from './testing/machine-home.ts'

const absent = await doubleAbsent()

describe.skipIf(absent).each<Profile>(['1.9.3', '0.8.0'])(
  `a launch in a micro-VM (the double of smolvm %s)${absent ? ` (skipped: ${absent})` : ''}`,
  (profile) => {
    let home: MachineHome
    beforeAll(async () => {
      home = await MachineHome.create(profile)
    })
    afterAll(() => home[Symbol.asyncDispose]())
    afterEach(async () => {
      for (const { slug } of await existing(home.tools)) await teardown(slug, home.tools)
    })

    test('leads to a shell of the guest’s user, step by step, and leaves nothing', async () => {
      const plan = await home.plan()
      const run = testRun({ SECRET: "it's a\nsecret" })
      const bottle = await launch(plan, run, home.tools)
      const done = run.events.filter((event) => event.type === 'step-done').map(({ step }) => step)
      expect(done).toEqual(LAUNCH_STEPS.smolmachines.filter((name) => name !== 'workspace'))
      expect(await existing(home.tools)).toMatchObject([{ slug: plan.slug, agent: 'running' }])

      const tty = await bottle.attachAgent()
      tty.write(Buffer.from('echo "$(id -un):$(pwd):$(stty size):$SECRET"\n'))
      await untilSeen(tty.output, /node:\/home\/node\/workspace:32 120:it's a\s+secret/)
      await tty.resize({ cols: 90, rows: 20 })
      tty.write(Buffer.from('until [ "$(stty size)" = "20 90" ]; do sleep 0.1; done; echo "now "$(stty size)\n'))
      await untilSeen(tty.output, 'now 20 90')
      tty.write(Buffer.from('exit 3\n'))
      expect(await tty.exited).toBe(3)
      expect(await existing(home.tools)).toMatchObject([{ slug: plan.slug, agent: 'ended', exitCode: 3 }])

      expect(await teardown(plan.slug, home.tools)).toEqual([])
      expect(await existing(home.tools)).toEqual([])
      expect(await home.tools.smolvm.list()).toEqual([])
      expect(await teardown(plan.slug, home.tools)).toEqual([])
    })
  },
)
