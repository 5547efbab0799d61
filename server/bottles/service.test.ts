import { readdir, readFile, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { BottleSlug, PlanId } from '../contract/ids.ts'
import { LAUNCH_STEPS } from '../contract/launch-steps.ts'
import { BottleBench } from '../testing/bottle-bench.ts'

const states = (told: readonly { type: string; state?: string }[]) =>
  told.flatMap((event) => (event.type === 'state' ? [event.state] : []))

test('a launch is told from the confirmation to the running agent, and shows on the overview', async () => {
  await using bench = await BottleBench.started()
  const slug = await bench.launch('Fix login')
  expect(slug).toBe('fix-login')
  await bench.until(slug, 'running')
  const told = await bench.told(slug)
  expect(states(told)).toEqual(['launching', 'running'])
  expect(told.filter((event) => event.type === 'step-done').map((event) => event.step)).toEqual(LAUNCH_STEPS.docker)
  expect(bench.service.list()).toMatchObject([
    { slug, state: 'running', label: 'Fix login', exitCode: null, launch: null, leftBehind: [] },
  ])
})

test('while a launch goes on, the overview shows its step and its last line as plain text', async () => {
  await using bench = await BottleBench.started()
  bench.backend.script = { hangAt: 'networks' }
  const reached = bench.backend.reached('networks')
  const slug = await bench.launch()
  await reached
  expect(bench.service.get(slug)).toMatchObject({
    state: 'launching',
    launch: { step: 'networks', done: 3, total: 11 },
    lastLine: 'doing networks',
  })
})

test('a launch that fails names the step, undoes what was made, last first, and leaves nothing', async () => {
  await using bench = await BottleBench.started()
  bench.backend.script = { failAt: 'provision' }
  const slug = await bench.launch()
  await bench.until(slug, 'failed')
  expect(bench.backend.calls.slice(-2)).toEqual(['remove agent', 'remove networks'])
  expect(bench.backend.world.size).toBe(0)
  const told = await bench.told(slug)
  expect(told).toContainEqual(
    expect.objectContaining({ type: 'step-failed', step: 'provision', message: 'provision went wrong' }),
  )
  expect(states(told)).toEqual(['launching', 'stopping', 'failed'])
  expect(bench.service.get(slug).evidence).toBe('The launch stopped at “provision”: provision went wrong')
})

test('what a failed launch cannot undo is named until a stop removes it', async () => {
  await using bench = await BottleBench.started()
  bench.backend.script = { failAt: 'provision', stuck: ['networks'] }
  const slug = await bench.launch()
  await bench.until(slug, 'failed')
  expect(bench.service.get(slug).leftBehind).toEqual(['networks'])
  expect(await bench.told(slug)).toContainEqual(
    expect.objectContaining({ type: 'release-failed', name: 'networks', message: 'networks is in use' }),
  )
  bench.backend.script = {}
  expect(await bench.service.stop(slug)).toEqual({ leftBehind: [] })
  expect(bench.service.get(slug)).toMatchObject({ state: 'stopped', leftBehind: [] })
})

test.each(LAUNCH_STEPS.docker)('a launch that is cancelled at “%s” leaves nothing', async (step) => {
  await using bench = await BottleBench.started()
  bench.backend.script = { hangAt: step }
  const reached = bench.backend.reached(step)
  const slug = await bench.launch()
  await reached
  bench.service.cancel(slug)
  expect(bench.service.get(slug).state).toBe('stopping')
  await bench.until(slug, 'stopped')
  expect(bench.backend.world.size).toBe(0)
  expect(bench.service.get(slug).evidence).toBe('Cancelled by the operator.')
})

test('stopping a bottle that is being launched cancels the launch and waits until it is undone', async () => {
  await using bench = await BottleBench.started()
  bench.backend.script = { hangAt: 'workspace' }
  const reached = bench.backend.reached('workspace')
  const slug = await bench.launch()
  await reached
  expect(await bench.service.stop(slug)).toEqual({ leftBehind: [] })
  expect(bench.service.get(slug).state).toBe('stopped')
  expect(bench.backend.world.size).toBe(0)
})

test('stops of one bottle that come together are one stop', async () => {
  await using bench = await BottleBench.started()
  const slug = await bench.launch()
  await bench.until(slug, 'running')
  await Promise.all([bench.service.stop(slug), bench.service.stop(slug), bench.service.stop(slug)])
  expect(bench.backend.calls.filter((call) => call.startsWith('teardown'))).toHaveLength(1)
  await expect(bench.service.stop(slug)).rejects.toThrow('is stopped already')
})

test('a stop while the engine is down says that nothing was removed, and works once it is back', async () => {
  await using bench = await BottleBench.started()
  const slug = await bench.launch()
  await bench.until(slug, 'running')
  bench.backend.script = { down: true }
  expect((await bench.service.stop(slug)).leftBehind).toEqual(['everything: The engine does not answer.'])
  expect(bench.service.get(slug).state).toBe('failed')
  bench.backend.tellEngine(true)
  expect((await bench.service.stop(slug)).leftBehind).toEqual([])
  expect(bench.backend.world.size).toBe(0)
})

test('an agent that ends shows its exit code; what it stood on stays until it is stopped', async () => {
  await using bench = await BottleBench.started()
  const slug = await bench.launch()
  await bench.until(slug, 'running')
  bench.backend.end(slug, 3)
  await bench.until(slug, 'exited')
  expect(bench.service.get(slug)).toMatchObject({
    exitCode: 3,
    evidence: 'The agent ended: its process ended with code 3.',
    life: null,
  })
  expect(bench.backend.world.has(slug)).toBe(true)
  await bench.service.stop(slug)
  expect(bench.backend.world.has(slug)).toBe(false)
  expect(bench.service.get(slug)).toMatchObject({ state: 'stopped', exitCode: 3 })
})

test('an agent that ends before its launch is over is seen, too', async () => {
  await using bench = await BottleBench.started()
  const adopt = bench.backend.launch.bind(bench.backend)
  bench.backend.launch = async (plan, run) => {
    const bottle = await adopt(plan, run)
    bench.backend.end(plan.slug, 0)
    return bottle
  }
  const slug = await bench.launch()
  await bench.until(slug, 'exited')
  expect(bench.service.get(slug).exitCode).toBe(0)
})

test('a bottle whose container is removed from outside has failed, and the rest of it is removed', async () => {
  await using bench = await BottleBench.started()
  const slug = await bench.launch()
  await bench.until(slug, 'running')
  bench.backend.vanish(slug)
  await bench.until(slug, 'failed')
  expect(bench.service.get(slug).evidence).toBe('The agent went away: its container was removed.')
  expect(bench.backend.world.size).toBe(0)
})

test('while the engine is away, the last known state is shown with since when it may be wrong', async () => {
  await using bench = await BottleBench.started()
  const slug = await bench.launch()
  await bench.until(slug, 'running')
  bench.backend.tellEngine(false)
  await expect
    .poll(() => bench.service.get(slug).evidence)
    .toMatch(/cannot be reached since \d\d:\d\d:\d\d UTC; last seen running/)
  expect(bench.service.engine.reachable).toBe(false)
  Object.assign(bench.backend.world.get(slug)!, { running: false, exitCode: 137 })
  bench.backend.tellEngine(true)
  await bench.until(slug, 'exited')
  expect(bench.service.get(slug)).toMatchObject({ exitCode: 137 })
})

test('the files changed after the review: nothing is launched, and the difference is told by path', async () => {
  await using bench = await BottleBench.started()
  const { planId, digest } = await bench.service.resolve({ agent: 'shell' })
  await bench.write('agents/shell.md', '---\nbottle: shell\n---\nBe careful.\n')
  await expect(bench.service.launch({ planId, digest, secrets: {} })).rejects.toMatchObject({
    name: 'PlanChangedError',
    data: { changes: [expect.objectContaining({ path: 'prompt.text', before: 'Be kind.', after: 'Be careful.' })] },
  })
  expect(bench.service.list()).toEqual([])
})

test('a launch that cannot be stored says why and where, and the same plan can be confirmed again', async () => {
  await using bench = await BottleBench.started()
  await bench.write('state', 'a file where the folder should be')
  const { planId, digest } = await bench.service.resolve({ agent: 'shell' })
  await expect(bench.service.launch({ planId, digest, secrets: {} })).rejects.toThrow(
    /could not be stored in .* Free space on that disk .* confirm again/,
  )
  expect(bench.service.list()).toEqual([])
  await rm(path.join(bench.home, 'state'))
  await bench.service.launch({ planId, digest, secrets: {} })
})

test('an engine that goes down in the middle of a launch: it fails, names what is left, and clears it when back', async () => {
  await using bench = await BottleBench.started()
  bench.backend.script = { hangAt: 'workspace' }
  const reached = bench.backend.reached('workspace')
  const slug = await bench.launch()
  await reached
  bench.backend.tellEngine(false)
  bench.backend.breakOff(new Error('The connection broke.'))
  await bench.until(slug, 'failed')
  expect(bench.service.get(slug).leftBehind).toEqual(['agent', 'networks'])
  expect(bench.backend.world.size).toBe(1)
  bench.backend.tellEngine(true)
  await expect.poll(() => bench.service.get(slug)).toMatchObject({ state: 'failed', leftBehind: [] })
  expect(bench.service.get(slug).evidence).toBe('The launch stopped at “workspace”: The connection broke.')
  expect(bench.backend.world.size).toBe(0)
})

test('a plan that is not known, and one that was launched, cannot be launched', async () => {
  await using bench = await BottleBench.started()
  const unknown = { planId: 'e58ed763-928c-4155-bee9-fdbaaadc15f3' as PlanId, digest: '', secrets: {} }
  await expect(bench.service.launch(unknown)).rejects.toThrow('no longer known')
  const { planId, digest } = await bench.service.resolve({ agent: 'shell' })
  const twice = [1, 2].map(() => bench.service.launch({ planId, digest, secrets: {} }))
  const settled = await Promise.allSettled(twice)
  expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
})

test('two launches with the same label: the second is refused by name, and gets a free one when reviewed again', async () => {
  await using bench = await BottleBench.started()
  const [one, two] = await Promise.all([
    bench.service.resolve({ agent: 'shell', label: 'Same' }),
    bench.service.resolve({ agent: 'shell', label: 'Same' }),
  ])
  const launch = ({ planId, digest }: typeof one) => bench.service.launch({ planId, digest, secrets: {} })
  const settled = await Promise.allSettled([launch(one), launch(two)])
  expect(settled).toContainEqual({ status: 'fulfilled', value: { slug: 'same' } })
  const refused = settled.find((each) => each.status === 'rejected')
  expect(refused?.reason).toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('The name same was taken by another launch'),
  })
  expect(await bench.launch('Same')).toBe('same-2')
})

test('a plan with blockers is refused with the first one and its fix', async () => {
  await using bench = await BottleBench.started()
  await bench.write('agents/shell.md', '---\nbottle: shell\nskills: [absent]\n---\n')
  const { planId, digest, plan } = await bench.service.resolve({ agent: 'shell' })
  expect(plan.blockers).toHaveLength(1)
  await expect(bench.service.launch({ planId, digest, secrets: {} })).rejects.toMatchObject({
    code: 'PRECONDITION_FAILED',
  })
})

test('secrets are asked for by name, refused by name, and are in no file, event or plan', async () => {
  await using bench = await BottleBench.started()
  await bench.write(
    'bottles/shell.md',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the manifest's own way to name a host variable
    '---\nagent_provider:\n  template: shell\nenv:\n  ASKED: "?Which token"\n  HOST: ${FROM_HOST}\n---\n',
  )
  bench.hostEnv.FROM_HOST = 'host-value-5678'
  const launch = async (secrets: Record<string, string>) => bench.launch('s', secrets)
  await expect(launch({})).rejects.toThrow('A value is missing for ASKED')
  await expect(launch({ ASKED: 'x', OTHER: 'y' })).rejects.toThrow('does not ask for OTHER')
  bench.backend.script = {}
  const original = bench.backend.launch.bind(bench.backend)
  bench.backend.launch = async (plan, run) => {
    expect([...run.secrets]).toEqual([
      ['ASKED', 'typed-value-1234'],
      ['HOST', 'host-value-5678'],
    ])
    run.emit({ type: 'output', step: 'base image', stream: 'stdout', text: 'typed-value-1234 host-value-5678\n' })
    return original(plan, run)
  }
  const slug = await launch({ ASKED: 'typed-value-1234' })
  await bench.until(slug, 'running')
  expect(JSON.stringify(await bench.told(slug))).not.toMatch(/typed-value|host-value/)
  const folder = path.join(bench.home, 'state', slug)
  for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue
    expect(await readFile(path.join(file.parentPath, file.name), 'utf8')).not.toMatch(/typed-value|host-value/)
  }
  expect(bench.logged.join()).not.toMatch(/typed-value|host-value/)
  delete bench.hostEnv.FROM_HOST
  await expect(launch({ ASKED: 'x' })).rejects.toThrow("the host's FROM_HOST, which is not set")
})

test('the state folder is for its owner, with what was launched in it', async () => {
  await using bench = await BottleBench.started()
  const slug = await bench.launch('Kept')
  await bench.until(slug, 'running')
  const folder = path.join(bench.home, 'state', slug)
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
  expect((await stat(path.join(folder, 'agent/prompt.txt'))).mode & 0o777).toBe(0o600)
  expect(await readFile(path.join(folder, 'agent/prompt.txt'), 'utf8')).toBe('Be kind.')
  expect(JSON.parse(await readFile(path.join(folder, 'metadata.json'), 'utf8'))).toEqual({
    identity: 'kept',
    agent_name: 'shell',
    bottle_names: ['shell'],
    backend: 'docker',
    cwd: '',
    copy_cwd: false,
    started_at: expect.stringMatching(/^\d{4}-/),
    label: 'Kept',
    color: '',
    compose_project: 'bot-bottle-kept',
  })
})

test('an agent that ended well has its state folder cleaned at stop, but for a recording that a share shows', async () => {
  await using bench = await BottleBench.started()
  const run = async (label: string, exitCode: number, share: boolean) => {
    const slug = await bench.launch(label)
    await bench.until(slug, 'running')
    await bench.write(`state/${slug}/terminal.cast`, '{}')
    if (share) await bench.shares.create({ slug, kind: 'terminal', expiresInHours: 1 })
    bench.backend.end(slug, exitCode)
    await bench.until(slug, 'exited')
    await bench.service.stop(slug)
    return readdir(path.join(bench.home, 'state', slug)).catch(() => null)
  }
  expect(await run('well', 0, false)).toBeNull()
  expect(await run('shown', 0, true)).toEqual(['terminal.cast'])
  expect(await run('badly', 1, false)).toContain('plan.json')
})

test('a bottle that is over can be forgotten, with what is left of it; one that runs cannot', async () => {
  await using bench = await BottleBench.started()
  const slug = await bench.launch()
  await bench.until(slug, 'running')
  await expect(bench.service.remove(slug)).rejects.toThrow('Stop it before you remove it')
  bench.backend.end(slug, 1)
  await bench.until(slug, 'exited')
  await bench.service.remove(slug)
  expect(bench.backend.world.size).toBe(0)
  expect(bench.service.list()).toEqual([])
  await bench.restart()
  expect(bench.service.list()).toEqual([])
  expect(() => bench.service.get(slug)).toThrow('There is no bottle named')
})

test('a second launch of an agent is compared with the first, without what differs between any two runs', async () => {
  await using bench = await BottleBench.started()
  expect((await bench.service.resolve({ agent: 'shell' })).changes).toBeNull()
  await bench.launch()
  expect((await bench.service.resolve({ agent: 'shell' })).changes).toEqual([])
  await bench.write('agents/shell.md', '---\nbottle: shell\n---\nBe quick.\n')
  expect((await bench.service.resolve({ agent: 'shell' })).changes).toMatchObject([{ path: 'prompt.text' }])
})

test('a shell needs a running bottle', async () => {
  await using bench = await BottleBench.started()
  const slug = await bench.launch()
  await bench.until(slug, 'running')
  await expect
    .poll(() => bench.service.openShell(slug, { cols: 80, rows: 24 }).catch(() => null))
    .toMatchObject({
      session: expect.stringMatching(/^shell-/),
    })
  expect(bench.service.get(slug).shells).toHaveLength(1)
  bench.backend.end(slug, 0)
  await bench.until(slug, 'exited')
  expect(() => bench.service.openShell(slug, { cols: 80, rows: 24 })).toThrow('A shell needs a running bottle')
  expect(() => bench.service.openShell('nobody' as BottleSlug, { cols: 80, rows: 24 })).toThrow('There is no bottle')
})
