import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { homeHash, LABEL } from '../../engine/names.ts'
import { docker } from './index.ts'
import { engineAbsent, TestHome, testRun } from './testing/test-home.ts'

const absent = await engineAbsent()
if (absent) console.warn(`skipped: ${absent}`)

describe.skipIf(absent)('the door of the docker backend', () => {
  let home: TestHome
  beforeAll(async () => {
    home = await TestHome.create()
  })
  afterAll(() => home[Symbol.asyncDispose]())

  test('tells of the engine what the page shows', async () => {
    const view = await docker(home.tools).engineView()
    expect(view).toMatchObject({ reachable: true, name: expect.stringMatching(/^Docker \d+/), problem: null })
    expect(view.runtime).toBe((await docker(home.tools).probeRunsc()) ? 'runsc' : 'runc')
  })

  test('a bottle lives from launch to teardown through it alone, with live figures', async () => {
    const backend = docker(home.tools)
    const bottle = await backend.launch(await home.plan(), testRun())
    const enough = new AbortController()
    for await (const { cpu, memory } of bottle.stats(enough.signal)) {
      expect(cpu).toBeGreaterThanOrEqual(0)
      expect(memory).toBeGreaterThan(0)
      enough.abort()
    }
    const released: string[] = []
    expect(await backend.teardown(bottle.slug, (name) => released.push(name))).toEqual([])
    expect(released).toEqual(['agent', 'sidecars', 'networks'])
    await expect(backend.adopt(bottle.slug)).rejects.toThrow(`There is no bottle named ${bottle.slug}`)
  })

  test('a container of ours that belongs to no bottle is a leftover, and can be removed', async () => {
    const backend = docker(home.tools)
    const { docker: engine } = home.tools
    const [image] = await engine.listImages(`${LABEL.role}=image`)
    const labels = { [LABEL.home]: homeHash(home.home), [LABEL.role]: 'probe' }
    const id = await engine.createContainer({ Image: image!.Id, Labels: labels, HostConfig: { NetworkMode: 'none' } })
    const found = (await backend.leftovers()).filter(({ kind }) => kind === 'container')
    expect(found).toMatchObject([{ id: `container:${id}`, slug: null }])
    await backend.removeLeftover(found[0]!)
    expect((await backend.leftovers()).filter(({ kind }) => kind === 'container')).toEqual([])
  })

  test('an image whose Dockerfile is gone is a leftover', async () => {
    await home.write('images/gone/Dockerfile', `ARG BASE_IMAGE\nFROM $BASE_IMAGE\nENV OF=${home.home}\n`)
    await home.write(
      'bottles/gone.md',
      '---\nagent_provider: {template: shell, dockerfile: images/gone/Dockerfile}\n---\n',
    )
    await home.write('agents/gone.md', '---\nbottle: gone\n---\n')
    const backend = docker(home.tools)
    const plan = await home.plan({ agent: 'gone' })
    await backend.launch(plan, testRun())
    const mine = async () => (await backend.leftovers()).filter(({ name }) => name === plan.image.reference)
    await backend.teardown(plan.slug, () => {})
    expect(await mine()).toEqual([])
    await rm(`${home.home}/images/gone`, { recursive: true })
    const [leftover] = await mine()
    expect(leftover).toMatchObject({ kind: 'image', why: expect.stringContaining('images/gone/Dockerfile, is gone') })
    await backend.removeLeftover(leftover!)
    expect(await mine()).toEqual([])
  })
})
