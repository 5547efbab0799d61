import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StepName } from '../../contract/events.ts'
import { existing } from './existing.ts'
import { launch } from './launch.ts'
import { teardown } from './teardown.ts'
import { engineAbsent, TestHome, testRun } from './testing/test-home.ts'

const absent = await engineAbsent()
if (absent) console.warn(`skipped: ${absent}`)

const STEPS: StepName[] = ['networks', 'agent', 'workspace', 'provision', 'start agent']

describe.skipIf(absent)('a server that is killed in the middle of a launch', () => {
  let home: TestHome
  beforeAll(async () => {
    home = await TestHome.create()
    await home.write('work/large', 'x'.repeat(20_000_000))
    // Images first: what is tried here is what a bottle leaves behind.
    const { slug } = await launch(await home.plan(), testRun(), home.tools)
    await teardown(slug, home.tools)
  })
  afterAll(() => home[Symbol.asyncDispose]())

  test.each(STEPS)('at “%s” leaves nothing that its labels do not find', async (step) => {
    const script = path.join(import.meta.dirname, 'testing/launch-and-die.ts')
    const args = ['--import', 'tsx', script, home.home, `${home.home}/work`, step]
    await expect(promisify(execFile)(process.execPath, args)).rejects.toMatchObject({ signal: 'SIGKILL' })
    // The engine may still be making what it was asked for last.
    await expect
      .poll(
        async () => {
          const found = await existing(home.tools)
          for (const { slug } of found) expect(await teardown(slug, home.tools)).toEqual([])
          return found
        },
        { timeout: 20_000, interval: 500 },
      )
      .toEqual([])
  })
})
