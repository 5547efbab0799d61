import { describe, expect, test } from 'vitest'
import { BOTTLE_STATES, type BottleState } from '../contract/events.ts'
import type { BottleSlug } from '../contract/ids.ts'
import { BottleBench } from '../testing/bottle-bench.ts'
import { samplePlan } from '../testing/sample-plan.ts'
import { type Reality, remedy } from './reconcile-table.ts'

const REALITIES: readonly Reality[] = ['running', 'ended', 'partial', 'absent']

/** What becomes of a bottle: the state that is shown afterwards, and whether anything of it still exists. */
type Outcome = readonly [BottleState, 'exists' | 'gone']

const GONE = (state: BottleState): Outcome => [state, 'gone']
const EXPECTED: Readonly<Record<BottleState, Readonly<Record<Reality, Outcome>>>> = {
  launching: { running: GONE('failed'), ended: GONE('failed'), partial: GONE('failed'), absent: GONE('failed') },
  running: {
    running: ['running', 'exists'],
    ended: ['exited', 'exists'],
    partial: GONE('failed'),
    absent: GONE('failed'),
  },
  'needs-you': {
    running: ['running', 'exists'],
    ended: ['exited', 'exists'],
    partial: GONE('failed'),
    absent: GONE('failed'),
  },
  idle: { running: ['idle', 'exists'], ended: ['exited', 'exists'], partial: GONE('failed'), absent: GONE('failed') },
  exited: {
    running: ['running', 'exists'],
    ended: ['exited', 'exists'],
    partial: GONE('stopped'),
    absent: GONE('stopped'),
  },
  failed: { running: GONE('failed'), ended: GONE('failed'), partial: GONE('failed'), absent: GONE('failed') },
  stopping: { running: GONE('stopped'), ended: GONE('stopped'), partial: GONE('stopped'), absent: GONE('stopped') },
  stopped: { running: GONE('stopped'), ended: GONE('stopped'), partial: GONE('stopped'), absent: GONE('stopped') },
}
const CASES = BOTTLE_STATES.flatMap((state) => REALITIES.map((reality) => [state, reality] as const))

/** A server ended with a bottle remembered in a state; meanwhile the engine came to have this of it. */
async function remembered(state: BottleState, reality: Reality): Promise<{ bench: BottleBench; slug: BottleSlug }> {
  const bench = await BottleBench.started()
  const plan = samplePlan({ slug: 'found' as BottleSlug })
  await bench.room.registry.add(plan, plan.image.digest, 'Confirmed.')
  await bench.room.folders.write(plan)
  bench.room.registry.change(plan.slug, { state })
  await bench.room.registry.saved()
  if (reality !== 'absent') bench.backend.exists(plan.slug, reality, reality === 'ended' ? 7 : null)
  await bench.restart()
  return { bench, slug: plan.slug }
}

describe('at start, what is remembered meets what exists', () => {
  test.each(CASES)('%s, and the engine has it %s', async (state, reality) => {
    const { bench, slug } = await remembered(state, reality)
    await using _ = bench
    const [expected, existence] = EXPECTED[state][reality]
    await bench.until(slug, expected)
    await expect.poll(() => bench.backend.world.has(slug)).toBe(existence === 'exists')
    await bench.until(slug, expected)
    const { evidence, exitCode } = bench.service.get(slug)
    expect(evidence).not.toBe('')
    if (expected === 'exited') expect(exitCode).toBe(state === 'exited' ? null : 7)
    expect(bench.backend.calls.includes(`adopt ${slug}`)).toBe(remedy(state, reality).do === 'adopt')
  })

  test('a bottle that nobody remembers is left alone, and its name is not given away', async () => {
    await using bench = await BottleBench.make()
    bench.backend.exists('stranger' as BottleSlug, 'running')
    await bench.start()
    expect(bench.backend.world.has('stranger' as BottleSlug)).toBe(true)
    expect(bench.service.list()).toEqual([])
    expect((await bench.service.resolve({ agent: 'shell', label: 'Stranger' })).plan.slug).toBe('stranger-2')
  })

  test('an engine that is down keeps what is remembered, says so, and is asked again when it is back', async () => {
    await using bench = await BottleBench.started()
    const slug = await bench.launch()
    await bench.until(slug, 'running')
    const watch = bench.backend.watch
    bench.backend.watch = async (onChange, signal) => {
      await watch.call(bench.backend, (change) => change.kind !== 'engine' && onChange(change), signal)
    }
    bench.backend.script = { down: true }
    bench.backend.tellEngine = () => {}
    await bench.restart()
    expect(bench.service.get(slug)).toMatchObject({
      state: 'running',
      evidence: expect.stringMatching(/could not be asked .* since .* last seen running/),
    })
  })

  test('what a stop left behind is tried again', async () => {
    await using bench = await BottleBench.started()
    const slug = await bench.launch()
    await bench.until(slug, 'running')
    bench.backend.script = { stuck: ['networks'] }
    await bench.service.stop(slug)
    expect(bench.service.get(slug)).toMatchObject({ state: 'failed', leftBehind: ['networks'] })
    bench.backend.script = {}
    await bench.restart()
    await expect.poll(() => bench.service.get(slug).leftBehind).toEqual([])
    expect(bench.backend.world.size).toBe(0)
  })
})

describe('while bottles are launched', () => {
  test('a comparison that began before a launch does not take its answer for the launch’s end', async () => {
    await using bench = await BottleBench.started()
    const existing = bench.backend.existing.bind(bench.backend)
    let answer = () => {}
    bench.backend.existing = async () => {
      const found = await existing()
      await new Promise<void>((resolve) => {
        answer = resolve
      })
      return found
    }
    bench.backend.tellEngine(false)
    bench.backend.tellEngine(true) // the engine is back, and is asked what it has: nothing so far
    await expect.poll(() => bench.service.engine.reachable).toBe(true)
    const slug = await bench.launch()
    await bench.until(slug, 'running')
    bench.backend.existing = existing
    answer()
    await bench.room.registry.saved()
    await expect.poll(() => bench.service.get(slug).life).not.toBeNull()
    expect(bench.service.get(slug).state).toBe('running')
  })
})
