import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, test } from 'vitest'
import type { StepName } from '../../contract/events.ts'
import { LAUNCH_STEPS } from '../../contract/launch-steps.ts'
import { testRun } from '../../testing/test-run.ts'
import { existing } from './existing.ts'
import { launch } from './launch.ts'
import { teardown } from './teardown.ts'
import { doubleAbsent, MachineHome } from './testing/machine-home.ts'
import { tracesOf } from './testing/machine-parity.ts'

const absent = await doubleAbsent()

/** Those that leave something; images and artifacts are nobody's. */
const STEPS: readonly StepName[] = LAUNCH_STEPS.smolmachines.slice(LAUNCH_STEPS.smolmachines.indexOf('networks'))

describe
  .skipIf(absent)
  .concurrent(`a server that is killed in the middle of a launch${absent ? ` (skipped: ${absent})` : ''}`, () => {
    let work = ''
    beforeAll(async () => {
      work = await mkdtemp(path.join(tmpdir(), 'bot-bottle-work-'))
      await writeFile(path.join(work, 'large'), 'x'.repeat(20_000_000))
      // Images first: what is tried here is what a bottle leaves behind.
      await using home = await MachineHome.create()
      const { slug } = await launch(await home.plan(), testRun(), home.tools)
      await teardown(slug, home.tools)
    })
    afterAll(() => rm(work, { recursive: true, force: true }))

    test.for(STEPS)(
      'at “%s” leaves a bottle that is found, and nothing once it is removed',
      async (step, { expect }) => {
        await using home = await MachineHome.create()
        const script = path.join(import.meta.dirname, 'testing/launch-and-die.ts')
        const args = ['--import', 'tsx', script, home.home, work, step]
        await expect(promisify(execFile)(process.execPath, args)).rejects.toMatchObject({ signal: 'SIGKILL' })
        const found = await existing(home.tools)
        expect(found).toHaveLength(1)
        const { slug } = found[0]!
        // The engine may still be making what it was asked for last.
        await expect
          .poll(async () => [...(await teardown(slug, home.tools)), ...(await tracesOf(slug, home))], {
            timeout: 30_000,
          })
          .toEqual([])
        expect(await existing(home.tools)).toEqual([])
      },
    )
  })
