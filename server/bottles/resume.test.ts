import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { BottleSlug } from '../contract/ids.ts'
import { BottleBench } from '../testing/bottle-bench.ts'

const up = async (bench: BottleBench) => {
  const slug = await bench.launch('Fix login')
  await bench.until(slug, 'running')
  return slug
}

const stopped = async (bench: BottleBench) => {
  const slug = await up(bench)
  await bench.service.freeze(slug)
  await bench.service.stop(slug)
  return slug
}

const confirmed = async (bench: BottleBench, slug: BottleSlug) => {
  const { planId, digest } = await bench.service.resume(slug)
  await bench.service.launch({ planId, digest, secrets: {} })
}

test('a freeze keeps what the bottle is, is told in its log, and leaves it running', async () => {
  await using bench = await BottleBench.started()
  const slug = await up(bench)
  expect(await bench.service.freeze(slug)).toMatchObject({ bytes: 7 })
  expect(bench.service.get(slug)).toMatchObject({ state: 'running', frozen: { bytes: 7 }, freezing: false })
  const told = (await bench.told(slug)).filter((event) => 'step' in event && event.step === 'freeze')
  expect(told.map(({ type }) => type)).toEqual(['step-started', 'output', 'step-done'])
})

test('a freeze that fails says so, keeps what was frozen before and the bottle as it is', async () => {
  await using bench = await BottleBench.started()
  const slug = await up(bench)
  await bench.service.freeze(slug)
  const before = bench.service.get(slug).frozen
  bench.backend.script = { freezeFails: 'no space left' }
  await expect(bench.service.freeze(slug)).rejects.toThrow('could not be frozen: no space left')
  expect(bench.service.get(slug)).toMatchObject({ state: 'running', frozen: before, freezing: false })
  expect(bench.backend.things).toHaveLength(1)
})

test('freezes that come together are one, a stop waits for it, and what it replaces is removed', async () => {
  await using bench = await BottleBench.started()
  const slug = await up(bench)
  await bench.service.freeze(slug)
  let go = () => {}
  bench.backend.script = { freezing: new Promise((resolve) => (go = resolve)) }
  const both = [bench.service.freeze(slug), bench.service.freeze(slug)]
  expect(bench.service.get(slug).freezing).toBe(true)
  const stop = bench.service.stop(slug)
  await new Promise((resolve) => setImmediate(resolve))
  expect(bench.backend.calls.filter((call) => call.startsWith('teardown'))).toEqual([])
  go()
  await Promise.all([...both, stop])
  expect(bench.backend.calls.filter((call) => call.startsWith('freeze'))).toHaveLength(2)
  expect(bench.backend.things).toMatchObject([{ digest: 'sha256:1' }])
  expect(bench.service.get(slug)).toMatchObject({ state: 'stopped', frozen: { bytes: 7 } })
})

test('what cannot be frozen is told: a bottle that is being launched, or is gone', async () => {
  await using bench = await BottleBench.started()
  const slug = await stopped(bench)
  await expect(bench.service.freeze(slug)).rejects.toThrow('is stopped')
})

test('the plan of a resume is that of the bottle, by the files as they are now, and starts nothing', async () => {
  await using bench = await BottleBench.started()
  const slug = await stopped(bench)
  const before = bench.service.get(slug).plan
  await bench.write('agents/shell.md', '---\nbottle: shell\n---\nBe brief.\n')
  const calls = bench.backend.calls.length
  const { plan, changes } = await bench.service.resume(slug)
  const { agent, bottles, backend, workspace, label } = before
  expect(plan).toMatchObject({ slug, agent, bottles, backend, workspace, label })
  expect(plan.resume?.frozen).toMatchObject({ reference: `bot-bottle-${slug}:frozen`, digest: 'sha256:0' })
  expect(changes?.map(({ path }) => path)).toContain('prompt.text')
  expect(bench.backend.calls).toHaveLength(calls)
  expect(bench.service.get(slug).state).toBe('stopped')
})

test('a resumed bottle has its name, its log and a fresh record; what was frozen stays', async () => {
  await using bench = await BottleBench.started()
  const slug = await stopped(bench)
  const lines = bench.service.get(slug).logLines
  await confirmed(bench, slug)
  await bench.until(slug, 'running')
  expect(bench.service.list()).toHaveLength(1)
  expect(bench.service.get(slug)).toMatchObject({
    state: 'running',
    endedAt: null,
    exitCode: null,
    frozen: { bytes: 7 },
  })
  const told = await bench.told(slug)
  expect(bench.service.get(slug).logLines).toBeGreaterThan(lines)
  const runs = told.flatMap((event) => (event.type === 'state' && event.state === 'launching' ? [event.evidence] : []))
  expect(runs).toEqual(['Confirmed by the operator.', 'Resumed by the operator, from what was frozen.'])
  const again = told.slice(told.findLastIndex((event) => event.type === 'state' && event.state === 'launching'))
  expect(again.find((event) => event.type === 'step-started')).toMatchObject({ step: 'earlier run' })
})

test('a resume that fails loses nothing: it can be resumed again', async () => {
  await using bench = await BottleBench.started()
  const slug = await stopped(bench)
  bench.backend.script = { failAt: 'provision' }
  await confirmed(bench, slug)
  await bench.until(slug, 'failed')
  expect(bench.backend.things).toHaveLength(1)
  bench.backend.script = {}
  await confirmed(bench, slug)
  await bench.until(slug, 'running')
})

test('what is left of the run before goes first; what cannot go ends the launch by name', async () => {
  await using bench = await BottleBench.started()
  const slug = await up(bench)
  bench.backend.end(slug, 3)
  await bench.until(slug, 'exited')
  await bench.service.freeze(slug)
  bench.backend.script = { stuck: ['agent'] }
  await confirmed(bench, slug)
  await bench.until(slug, 'failed')
  expect(bench.service.get(slug).evidence).toContain('“earlier run”: These are left of the run before')
  bench.backend.script = {}
  await confirmed(bench, slug)
  await bench.until(slug, 'running')
})

test('an agent that ended is not resumed over its files, unless they are frozen', async () => {
  await using bench = await BottleBench.started()
  const slug = await up(bench)
  bench.backend.end(slug, 3)
  await bench.until(slug, 'exited')
  const { planId, digest, plan } = await bench.service.resume(slug)
  expect(plan.blockers).toMatchObject([{ code: 'not-frozen' }])
  await expect(bench.service.launch({ planId, digest, secrets: {} })).rejects.toThrow('still holds the files')
  expect(bench.backend.world.has(slug)).toBe(true)
  await bench.service.freeze(slug)
  // What was reviewed is not what would run any more.
  await expect(bench.service.launch({ planId, digest, secrets: {} })).rejects.toThrow('changed after you reviewed')
  expect((await bench.service.resume(slug)).plan.blockers).toEqual([])
})

test('a bottle that was never frozen starts over, and the plan says so', async () => {
  await using bench = await BottleBench.started()
  const slug = await up(bench)
  await bench.service.stop(slug)
  const { plan } = await bench.service.resume(slug)
  expect(plan.resume).toEqual({ frozen: null })
  expect(plan.warnings).toMatchObject([{ code: 'starts-over' }])
})

test('a bottle that runs is not resumed, and one of two confirmations wins', async () => {
  await using bench = await BottleBench.started()
  const slug = await stopped(bench)
  const [one, two] = [await bench.service.resume(slug), await bench.service.resume(slug)]
  await bench.service.launch({ ...one, secrets: {} })
  await expect(bench.service.launch({ ...two, secrets: {} })).rejects.toThrow()
  await bench.until(slug, 'running')
  await expect(bench.service.resume(slug)).rejects.toThrow('can be resumed once it is over')
})

test('exit code 0 cleans up the state folder, unless the bottle was frozen', async () => {
  await using bench = await BottleBench.started()
  const folder = (slug: string) =>
    stat(path.join(bench.home, 'state', slug)).then(
      () => 'kept',
      () => 'gone',
    )
  for (const [freezes, code, expected] of [
    [false, 0, 'gone'],
    [true, 0, 'kept'],
    [false, 1, 'kept'],
  ] as const) {
    const slug = await bench.launch()
    await bench.until(slug, 'running')
    if (freezes) await bench.service.freeze(slug)
    bench.backend.end(slug, code)
    await bench.until(slug, 'exited')
    await bench.service.stop(slug)
    expect(await folder(slug)).toBe(expected)
  }
})

test('a server that is started again knows what was frozen; removing the bottle removes it', async () => {
  await using bench = await BottleBench.started()
  const slug = await stopped(bench)
  await bench.restart()
  expect(bench.service.get(slug).frozen).toMatchObject({ bytes: 7 })
  expect((await readFile(path.join(bench.home, 'state', slug, 'plan.json'), 'utf8')).length).toBeGreaterThan(0)
  await bench.service.remove(slug)
  expect(bench.backend.things).toEqual([])
})
