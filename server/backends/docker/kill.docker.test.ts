import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, test } from 'vitest'
import type { StepName } from '../../contract/events.ts'
import { existing } from './existing.ts'
import { launch } from './launch.ts'
import { teardown } from './teardown.ts'
import { engineAbsent, TestHome, testRun } from './testing/test-home.ts'

const absent = await engineAbsent()
if (absent) console.warn(`skipped: ${absent}`)

const STEPS: StepName[] = ['networks', 'agent', 'workspace', 'provision', 'start agent']

describe.skipIf(absent).concurrent('a server that is killed in the middle of a launch', () => {
  let work: TestHome
  beforeAll(async () => {
    work = await TestHome.create()
    await work.write('work/large', 'x'.repeat(20_000_000))
    // Images first: what is tried here is what a bottle leaves behind.
    const { slug } = await launch(await work.plan(), testRun(), work.tools)
    await teardown(slug, work.tools)
  })
  afterAll(() => work[Symbol.asyncDispose]())

  test.for(STEPS)('at “%s” leaves nothing that its labels do not find', async (step, { expect }) => {
    await using home = await TestHome.create()
    const script = path.join(import.meta.dirname, 'testing/launch-and-die.ts')
    const args = ['--import', 'tsx', script, home.home, `${work.home}/work`, step]
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
