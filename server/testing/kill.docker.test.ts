import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Dockerode from 'dockerode'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type DockerBackend, docker } from '../backends/docker/index.ts'
import type { BottleSlug } from '../contract/ids.ts'
import { LAUNCH_STEPS } from '../contract/launch-steps.ts'
import { homeHash, LABEL } from '../engine/names.ts'
import { BottleBench } from './bottle-bench.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
const SLUG = 'doomed' as BottleSlug
const engine = new Dockerode()

let home: string
let workspace: string
beforeAll(async () => {
  workspace = await mkdtemp(path.join(tmpdir(), 'bot-bottle-kill-ws-'))
  for (let folder = 0; folder < 20; folder += 1) {
    await mkdir(path.join(workspace, `${folder}`))
    for (let file = 0; file < 100; file += 1)
      await writeFile(path.join(workspace, `${folder}/${file}`), 'x'.repeat(5000))
  }
  // Builds the image, so that every case below is quick.
  await using bench = await nextServer(await newHome())
  const slug = await bench.launch('image')
  await bench.until(slug, 'running', 'failed')
  expect(bench.service.get(slug).state).toBe('running')
  await bench.service.stop(slug)
})
afterAll(() => rm(workspace, { recursive: true, force: true }))
beforeEach(async () => {
  home = await newHome()
})
afterEach(async () => {
  await docker({ root: ROOT, home, extraCa: null }).teardown(SLUG, () => {})
  await rm(home, { recursive: true, force: true })
})

async function newHome(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'bot-bottle-kill-'))
  await mkdir(path.join(made, 'bottles'))
  await mkdir(path.join(made, 'agents'))
  await writeFile(
    path.join(made, 'bottles/shell.md'),
    '---\nagent_provider:\n  template: shell\nsupervise: false\n---\n',
  )
  await writeFile(path.join(made, 'agents/shell.md'), '---\nbottle: shell\n---\nBe kind.\n')
  return made
}

/** What the engine has of this home, asked past all our code. */
async function onEngine(): Promise<string[]> {
  const filters = { label: [`${LABEL.home}=${homeHash(home)}`] }
  const [containers, networks] = await Promise.all([
    engine.listContainers({ all: true, filters }),
    engine.listNetworks({ filters }),
  ])
  return [...containers.map(({ Names }) => Names.join()), ...networks.map(({ Name }) => Name)]
}

/** A server that launches a bottle (and stops it) until it is killed at that moment. */
async function killedAt(moment: string, later = 0): Promise<void> {
  const args = ['--import', 'tsx', 'server/testing/doomed-server.ts', home, workspace, moment, String(later)]
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const [, signal] = await once(child, 'exit')
  expect(signal, `It should have been killed at “${moment}”. ${said}`).toBe('SIGKILL')
}

async function nextServer(at: string): Promise<BottleBench<DockerBackend>> {
  const bench = new BottleBench(at, docker({ root: ROOT, home: at, extraCa: null }), ROOT)
  await bench.start()
  return bench
}

describe('a server that is killed while it launches', () => {
  const moments = LAUNCH_STEPS.docker.flatMap((step): [string, number][] => [
    [`started ${step}`, 0],
    // In the middle: the engine has been asked and has not answered.
    [`started ${step}`, 15],
    [`done ${step}`, 0],
  ])
  test.each(moments)('at “%s” and %d ms: the next one leaves nothing of it and says so', async (moment, later) => {
    await killedAt(moment, later)
    await using bench = await nextServer(home)
    await bench.until(SLUG, 'failed')
    // The engine may finish after that what the dead server had asked for: a second look removes it, and says so meanwhile.
    await expect.poll(onEngine, { timeout: 20_000 }).toEqual([])
    await bench.until(SLUG, 'failed')
    expect(bench.service.get(SLUG)).toMatchObject({ state: 'failed', leftBehind: [] })
    expect(bench.service.get(SLUG).evidence).toContain('The server ended in the middle of the launch')
  })
})

describe('a server that is killed while it stops a bottle', () => {
  test.each([
    ['stop', 0],
    ['stop', 15],
    ['released agent', 0],
    ['released networks', 0],
  ] as const)('at “%s” and %d ms: the next one finishes the stop', async (moment, later) => {
    await killedAt(moment, later)
    await using bench = await nextServer(home)
    await bench.until(SLUG, 'stopped')
    await expect.poll(onEngine, { timeout: 20_000 }).toEqual([])
    await bench.until(SLUG, 'stopped')
    expect(bench.service.get(SLUG)).toMatchObject({ state: 'stopped', leftBehind: [] })
  })
})

test('a server that is killed while a bottle runs: the next one takes it up, with its screen, and can stop it', async () => {
  await killedAt('up', 300)
  // Agent and bundle, and the two networks.
  expect(await onEngine()).toHaveLength(4)
  await using bench = await nextServer(home)
  expect(bench.service.get(SLUG)).toMatchObject({ state: 'running', evidence: 'Found running and taken up again.' })
  await expect.poll(() => bench.room.terminals.lastLine(SLUG), { timeout: 10_000 }).toContain('node@')
  expect(await bench.service.openShell(SLUG, { cols: 80, rows: 24 })).toMatchObject({
    session: expect.stringMatching(/^shell-/),
  })
  expect(await bench.service.stop(SLUG)).toEqual({ leftBehind: [] })
  expect(await onEngine()).toEqual([])
})

test('a container that is killed from outside is noticed and shown with its exit code', async () => {
  await using bench = await nextServer(home)
  const slug = await bench.launch(SLUG)
  await bench.until(slug, 'running')
  await engine.getContainer(`bot-bottle-${slug}`).kill()
  await bench.until(slug, 'exited')
  expect(bench.service.get(slug)).toMatchObject({
    exitCode: 137,
    evidence: expect.stringMatching(/^The agent (ended|has ended)/),
  })
  await bench.service.stop(slug)
  expect(await onEngine()).toEqual([])
})
