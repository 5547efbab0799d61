import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LAUNCH_STEPS } from '../contract/launch-steps.ts'
import { DoomedHome, engine } from './doomed-home.ts'

/** Of some hundred files, so that copying it has a middle. */
let workspace: string
beforeAll(async () => {
  workspace = await mkdtemp(path.join(tmpdir(), 'bot-bottle-kill-ws-'))
  for (let folder = 0; folder < 20; folder += 1) {
    await mkdir(path.join(workspace, `${folder}`))
    for (let file = 0; file < 20; file += 1)
      await writeFile(path.join(workspace, `${folder}/${file}`), 'x'.repeat(5000))
  }
  // Builds the images, so that no server below is busy with one.
  await using home = await DoomedHome.make()
  await using bench = await home.nextServer()
  const slug = await bench.launch('image')
  await bench.until(slug, 'running', 'failed')
  expect(bench.service.get(slug).state).toBe('running')
  await bench.service.stop(slug)
})
afterAll(() => rm(workspace, { recursive: true, force: true }))

describe.concurrent('a server that is killed while it launches', () => {
  const moments = LAUNCH_STEPS.docker.flatMap((step): [string, number][] => [
    [`started ${step}`, 0],
    // In the middle: the engine has been asked and has not answered.
    [`started ${step}`, 15],
    [`done ${step}`, 0],
  ])
  test.for(moments)(
    'at “%s” and %d ms: the next one leaves nothing of it and says so',
    async ([moment, later], { expect }) => {
      await using home = await DoomedHome.make()
      await home.killedAt(workspace, moment, later)
      await using bench = await home.nextServer()
      await bench.until(home.slug, 'failed')
      // The engine may finish after that what the dead server had asked for: a second look removes it, and says so meanwhile.
      await expect.poll(() => home.onEngine(), { timeout: 20_000 }).toEqual([])
      await bench.until(home.slug, 'failed')
      expect(bench.service.get(home.slug)).toMatchObject({ state: 'failed', leftBehind: [] })
      expect(bench.service.get(home.slug).evidence).toContain('The server ended in the middle of the launch')
    },
  )
})

describe.concurrent('a server that is killed while it freezes a bottle', () => {
  test.for([
    ['freeze', 0],
    // The engine has been asked to commit, and has not answered; later it may have, or has a second thing to do.
    ['freeze', 40],
    ['freeze', 150],
    ['freeze', 400],
    ['frozen', 0],
  ] as const)(
    'at “%s” and %d ms: the bottle goes on, is frozen by the next one, and removed with all that was kept',
    async ([moment, later], { expect }) => {
      await using home = await DoomedHome.make()
      await home.killedAt(workspace, moment, later)
      await using bench = await home.nextServer()
      await bench.until(home.slug, 'running')
      await expect.poll(() => home.isPaused()).toBe(false)
      await bench.service.freeze(home.slug)
      const kept = await bench.backend.frozen()
      expect(kept.map(({ slug }) => slug)).toEqual([home.slug])
      expect(bench.room.registry.get(home.slug).frozen?.digest).toBe(kept[0]!.digest)
      await bench.service.stop(home.slug)
      await bench.service.remove(home.slug)
      expect(await bench.backend.frozen()).toEqual([])
      expect(await home.onEngine()).toEqual([])
    },
  )
})

describe.concurrent('a server that is killed while it stops a bottle', () => {
  test.for([
    ['stop', 0],
    ['stop', 15],
    ['released agent', 0],
    ['released networks', 0],
  ] as const)('at “%s” and %d ms: the next one finishes the stop', async ([moment, later], { expect }) => {
    await using home = await DoomedHome.make()
    await home.killedAt(workspace, moment, later)
    await using bench = await home.nextServer()
    await bench.until(home.slug, 'stopped')
    await expect.poll(() => home.onEngine(), { timeout: 20_000 }).toEqual([])
    await bench.until(home.slug, 'stopped')
    expect(bench.service.get(home.slug)).toMatchObject({ state: 'stopped', leftBehind: [] })
  })
})

test('a server that is killed while a bottle runs: the next one takes it up, with its screen, and can stop it', async () => {
  await using home = await DoomedHome.make()
  await home.killedAt(workspace, 'up', 300)
  // Agent and bundle, and the two networks.
  expect(await home.onEngine()).toHaveLength(4)
  await using bench = await home.nextServer()
  const { service, room } = bench
  expect(service.get(home.slug)).toMatchObject({ state: 'running', evidence: 'Found running and taken up again.' })
  await expect.poll(() => room.terminals.lastLine(home.slug), { timeout: 10_000 }).toContain('node@')
  expect(await service.openShell(home.slug, { cols: 80, rows: 24 })).toMatchObject({
    session: expect.stringMatching(/^shell-/),
  })
  expect(await service.stop(home.slug)).toEqual({ leftBehind: [] })
  expect(await home.onEngine()).toEqual([])
})

test('a container that is killed from outside is noticed and shown with its exit code', async () => {
  await using home = await DoomedHome.make()
  await using bench = await home.nextServer()
  const slug = await bench.launch(home.slug)
  await bench.until(slug, 'running')
  await engine.getContainer(`bot-bottle-${slug}`).kill()
  await bench.until(slug, 'exited')
  expect(bench.service.get(slug)).toMatchObject({
    exitCode: 137,
    evidence: expect.stringMatching(/^The agent (ended|has ended)/),
  })
  await bench.service.stop(slug)
  expect(await home.onEngine()).toEqual([])
})
