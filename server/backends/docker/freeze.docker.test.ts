import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FreezeRun } from '../../bottles/backend.ts'
import { StepOutput } from '../../bottles/step-output.ts'
import type { DockerPlan, FrozenPlan } from '../../contract/plan.ts'
import { frozenImageName, homeHash, LABEL } from '../../engine/names.ts'
import { docker as backend } from './index.ts'
import { plan as planOf } from './plan.ts'
import { inside, untilSeen } from './testing/inside.ts'
import { engineAbsent, TestHome, testRun } from './testing/test-home.ts'

const absent = await engineAbsent()
if (absent) console.warn(`skipped: ${absent}`)

const SECRET = ['s3cr3t', 'of', 'the', 'first', 'run'].join('-')
const TOKEN = ['tok', 'en'].join('') + Math.random().toString(36).slice(2)

/** Which of these values a stream of any length holds. */
async function valuesIn(stream: Readable, values: readonly string[]): Promise<string[]> {
  const found = new Set<string>()
  const longest = Math.max(...values.map(({ length }) => length))
  let rest = Buffer.alloc(0)
  for await (const chunk of stream) {
    const window = Buffer.concat([rest, chunk as Buffer])
    for (const value of values) if (window.includes(value)) found.add(value)
    rest = window.subarray(-longest)
  }
  return [...found]
}

const quiet = (): FreezeRun => ({
  output: new StepOutput('freeze', () => {}),
  signal: AbortSignal.timeout(120_000),
  ending: async () => expect.unreachable('The agent of a container goes on.'),
})

describe.skipIf(absent)('a bottle that is frozen', () => {
  let home: TestHome
  let frozen: FrozenPlan
  let first: DockerPlan
  let firstCa = ''
  let firstCanary = ''
  const engine = () => backend(home.tools)
  const agentOf = async (slug: string) => {
    const labels = [`${LABEL.slug}=${slug}`, `${LABEL.role}=agent`]
    return (await home.tools.docker.listContainers(labels))[0]!
  }
  const sees = async (slug: string, command: string) =>
    (await inside(home.tools.docker, (await agentOf(slug)).Id, 'bash', '-lc', command)).text.trim()
  const choice = () => ({ agent: 'lasting', workspace: { path: path.join(home.home, 'work'), mode: 'copy' as const } })

  beforeAll(async () => {
    home = await TestHome.create()
    await home.write(
      'bottles/lasting.md',
      '---\nagent_provider: {template: shell}\nenv: {SECRET: "?", PLAIN: shown, GONE: before}\n---\n',
    )
    await home.write('agents/lasting.md', '---\nbottle: lasting\n---\nBe kind.\n')
    await home.write('work/README', 'from the host\n')
    await mkdir(path.join(home.home, 'work/tool'), { recursive: true })
    first = await home.plan(choice())
    const run = { ...testRun({ SECRET }), tokens: new Map([['SLOT', TOKEN]]) }
    await engine().launch(first, run)
    firstCa = await sees(first.slug, 'cat /etc/bot-bottle/ca.pem')
    firstCanary = await sees(first.slug, 'echo $BOT_BOTTLE_CANARY')
    await sees(
      first.slug,
      `echo mine > ~/kept; echo changed > ~/workspace/README; cd ~/workspace/tool;
       echo '{"name":"tool","version":"1.0.0","bin":"./tool.sh"}' > package.json; printf '#!/bin/sh\\necho works\\n' > tool.sh; chmod +x tool.sh
       npm install --global --prefix ~/.local --install-links --offline . >/dev/null 2>&1`,
    )
    expect(await sees(first.slug, '~/.local/bin/tool')).toBe('works')
  })
  afterAll(() => home[Symbol.asyncDispose]())

  test('goes on running, and becomes an image that only adds what it changed', async () => {
    const kept = await engine().freeze(first.slug, quiet())
    frozen = { ...kept, image: first.image.digest }
    expect(await engine().existing()).toMatchObject([{ slug: first.slug, agent: 'running' }])
    expect(await sees(first.slug, 'cat ~/kept')).toBe('mine')
    expect(kept.reference).toBe(frozenImageName(first.slug))
    expect(kept.bytes).toBeLessThan(50e6)
    expect(await engine().frozen()).toMatchObject([{ slug: first.slug, digest: kept.digest, name: kept.reference }])
  })

  test('has nothing of its run in the image: neither its settings, nor its history, nor a file', async () => {
    const { docker } = home.tools
    const image = await docker.inspectImage(frozen.digest)
    const container = await docker.inspectContainer((await agentOf(first.slug)).Id)
    const agent = await docker.inspectImage(container!.Image)
    const ca = firstCa.split('\n')[2]!
    // The controls: the run has them, and its container says so.
    expect(JSON.stringify(container)).toContain(firstCanary)
    expect(JSON.stringify(container)).toContain('HTTP_PROXY=')
    const told = JSON.stringify(image)
    for (const value of [SECRET, TOKEN, firstCanary, 'HTTP_PROXY', 'before', ca]) expect(told).not.toContain(value)
    expect(image?.Config.Env).toEqual(agent?.Config.Env)
    expect(image?.Config.Entrypoint ?? []).toEqual(agent?.Config.Entrypoint ?? [])
    expect(image?.Config.Labels).toEqual({
      [LABEL.slug]: first.slug,
      [LABEL.role]: 'frozen',
      [LABEL.home]: homeHash(home.home),
    })
    const key = await readFile(path.join(home.home, 'state', first.slug, 'egress-ca/ca.key'), 'utf8')
    const secret = [SECRET, TOKEN, firstCanary, key.split('\n')[1]!]
    const layers = await docker.saveImage(frozen.digest)
    // What the agent wrote is there: the search finds what can be found.
    expect(await valuesIn(layers, [...secret, 'echo works'])).toEqual(['echo works'])
  })

  test('is resumed with its home, its workspace and what it had installed, under a new authority and canary', async () => {
    expect(await engine().teardown(first.slug, () => {})).toEqual([])
    // As a launch does, which makes the folder anew.
    await rm(path.join(home.home, 'state', first.slug), { recursive: true })
    await writeFile(path.join(home.home, 'work/README'), 'newer on the host\n')
    await home.write(
      'bottles/lasting.md',
      '---\nagent_provider: {template: shell}\nenv: {SECRET: "?", PLAIN: shown}\n---\n',
    )
    const request = { ...(await home.request(choice())), slug: first.slug, resume: { frozen } }
    const plan = await planOf(request, home.facts())
    expect(plan).toMatchObject({ slug: first.slug, image: { reference: frozen.reference }, blockers: [] })
    const run = testRun({ SECRET: 'another' })
    const bottle = await engine().launch(plan, run)
    expect(run.text('agent image')).toContain(`Going on from ${frozen.reference}`)
    expect(run.events.some((event) => event.type === 'step-started' && event.step === 'workspace')).toBe(false)
    expect(await sees(plan.slug, 'cat ~/kept ~/workspace/README; ~/.local/bin/tool')).toBe('mine\nchanged\nworks')

    const ca = await sees(plan.slug, 'cat /etc/bot-bottle/ca.pem')
    expect(ca).not.toBe(firstCa)
    const store = await sees(plan.slug, 'cat /etc/ssl/certs/ca-certificates.crt')
    // The names in both are the same; the signature at the end is not.
    const body = (pem: string) => pem.trim().split(/\r?\n/).at(-2)!
    const times = (pem: string) => store.split(body(pem)).length - 1
    expect([times(ca), times(firstCa)]).toEqual([1, 0])
    const env = await sees(plan.slug, 'env')
    expect(env).not.toContain(firstCanary)
    expect(env).not.toContain('GONE')
    expect(env).toContain('PLAIN=shown')
    const tty = await bottle.attachAgent()
    tty.write(Buffer.from('echo "<$SECRET>"\n'))
    await untilSeen(tty.output, '<another>')
    expect((await bottle.probe(new Map(), AbortSignal.timeout(60_000))).green).toBe(true)
    tty.output.resume()
  })

  test('is frozen again: what it was resumed from goes once nothing stands on it', async () => {
    await sees(first.slug, 'echo more > ~/kept')
    const again = await engine().freeze(first.slug, quiet())
    expect(again.digest).not.toBe(frozen.digest)
    await engine().discardFrozen(first.slug, again.digest)
    await engine().teardown(first.slug, () => {})
    await engine().discardFrozen(first.slug, again.digest)
    expect((await engine().frozen()).map(({ digest }) => digest)).toEqual([again.digest])
    // What is newer stands for itself: the older one took nothing of it along.
    const plan = await planOf(
      { ...(await home.request(choice())), slug: first.slug, resume: { frozen: { ...frozen, ...again } } },
      home.facts(),
    )
    await engine().launch(plan, testRun({ SECRET: 'x' }))
    expect(await sees(plan.slug, 'cat ~/kept; ~/.local/bin/tool')).toBe('more\nworks')
    await engine().teardown(plan.slug, () => {})
    await engine().discardFrozen(plan.slug, null)
    expect(await engine().frozen()).toEqual([])
  })

  test('whose image is gone is told, and leaves nothing', async () => {
    const plan = await planOf({ ...(await home.request(choice())), slug: first.slug, resume: { frozen } }, home.facts())
    const run = testRun({ SECRET: 'x' })
    await expect(engine().launch(plan, run)).rejects.toThrow('is not on this engine any more')
    await run.scope.close()
    expect(await engine().existing()).toEqual([])
  })
})
