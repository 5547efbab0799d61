import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { EngineChange } from '../../bottles/backend.ts'
import { RunscProbe } from '../../engine/probe-runsc.ts'
import { existing } from './existing.ts'
import { launch } from './launch.ts'
import { teardown } from './teardown.ts'
import { engineAbsent, TestHome, testRun } from './testing/test-home.ts'
import { watch } from './watch.ts'

const absent = await engineAbsent()
if (absent) console.warn(`skipped: ${absent}`)

/** Changes as they come, and a way to wait for one. */
function listening() {
  const changes: EngineChange[] = []
  let wake = () => {}
  const heard = async (kind: EngineChange['kind']): Promise<EngineChange> => {
    for (;;) {
      const found = changes.find((change) => change.kind === kind)
      if (found) return found
      await new Promise<void>((resolve) => (wake = resolve))
    }
  }
  const tell = (change: EngineChange) => {
    changes.push(change)
    wake()
  }
  return { changes, heard, tell }
}

describe.skipIf(absent)('watching the engine', () => {
  let home: TestHome
  beforeAll(async () => {
    home = await TestHome.create()
  })
  afterAll(() => home[Symbol.asyncDispose]())
  afterEach(async () => {
    for (const { slug } of await existing(home.tools)) await teardown(slug, home.tools)
  })

  const watching = (signal: AbortSignal) => {
    const ear = listening()
    const ended = watch(ear.tell, { ...home.tools, runsc: new RunscProbe(home.tools.docker, home.home) }, signal)
    return { ...ear, ended }
  }
  const containerOf = async (slug: string) =>
    (await home.tools.docker.listContainers([`io.bot-bottle.slug=${slug}`]))[0]!.Id

  test('notices a container that is killed from outside, and one that is removed', async () => {
    const abort = new AbortController()
    const { heard, ended } = watching(abort.signal)
    expect(await heard('engine')).toMatchObject({ engine: { reachable: true, problem: null } })
    const { slug } = await launch(await home.plan(), testRun(), home.tools)
    const id = await containerOf(slug)
    await home.tools.docker.stopContainer(id, 5)
    expect(await heard('ended')).toEqual({ kind: 'ended', slug, exitCode: 129, evidence: 'it was told to end' })
    await home.tools.docker.removeContainer(id)
    expect(await heard('gone')).toMatchObject({ slug })
    abort.abort()
    await ended
  })

  test('says so when the memory limit ended the agent', async () => {
    await home.write('bottles/tight.md', '---\nagent_provider: {template: shell}\nlimits: {memory: 512m}\n---\n')
    await home.write('agents/tight.md', '---\nbottle: tight\n---\n')
    const abort = new AbortController()
    const { heard, ended } = watching(abort.signal)
    await heard('engine')
    const bottle = await launch(await home.plan({ agent: 'tight' }), testRun(), home.tools)
    const tty = await bottle.attachAgent()
    tty.output.resume()
    tty.write(Buffer.from('exec node -e "const all = []; for (;;) all.push(Buffer.alloc(1e7, 1))"\n'))
    expect(await heard('ended')).toMatchObject({ exitCode: 137, evidence: expect.stringContaining('memory limit') })
    abort.abort()
    await ended
  })

  test('tells what ended while nobody listened', async () => {
    const { slug } = await launch(await home.plan(), testRun(), home.tools)
    const id = await containerOf(slug)
    const breaking = Object.create(home.tools.docker) as typeof home.tools.docker
    let streams = 0
    breaking.events = async (labels, signal) => {
      streams += 1
      if (streams > 1) return home.tools.docker.events(labels, signal)
      await home.tools.docker.stopContainer(id, 5)
      throw new Error('the stream broke')
    }
    const abort = new AbortController()
    const ear = listening()
    const tools = { ...home.tools, docker: breaking, runsc: new RunscProbe(home.tools.docker, home.home) }
    const ended = watch(ear.tell, tools, abort.signal)
    expect(await ear.heard('ended')).toMatchObject({ slug, exitCode: 129 })
    expect(ear.changes.filter(({ kind }) => kind === 'ended')).toHaveLength(1)
    abort.abort()
    await ended
  })

  test('an engine that does not answer is told with what to do, and tried again until it does', async () => {
    const { Docker } = await import('../../engine/docker.ts')
    const docker = new Docker({ ...process.env, DOCKER_HOST: 'unix:///nowhere/docker.sock' })
    const abort = new AbortController()
    const ear = listening()
    const ended = watch(ear.tell, { docker, home: home.home, runsc: new RunscProbe(docker, home.home) }, abort.signal)
    expect(await ear.heard('engine')).toMatchObject({
      engine: { reachable: false, problem: expect.stringMatching(/unix:\/\/\/nowhere\/docker.sock.*Start the engine/) },
    })
    abort.abort()
    await ended
  })
})
