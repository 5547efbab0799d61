import { expect, test } from 'vitest'
import type { Cidr } from '../contract/ids.ts'
import type { BottlePlan, DockerPlan } from '../contract/plan.ts'
import { sampleMachine } from '../testing/sample-machine.ts'
import { manifest } from '../testing/temp-home.ts'
import { planChanges } from './plan-changes.ts'
import { canonicalJson, planDigest } from './plan-digest.ts'

const BOTTLE = `
agent_provider: {template: shell}
supervise: false
env: {A: one, B: two}
egress:
  routes:
    - host: b.x
    - host: c.x
      matches: [{methods: [GET]}]
`
/** The plan before, and after the bottle was written again. */
async function twice(changed: string, files: Record<string, string> = {}): Promise<[DockerPlan, DockerPlan]> {
  await using machine = await sampleMachine(BOTTLE)
  const before = await machine.plan()
  await machine.home.write('bottles/dev.md', manifest(changed))
  for (const [file, text] of Object.entries(files)) await machine.home.write(file, text)
  return [before, await machine.plan()]
}

test('nothing changed is no change, and the same digest', async () => {
  const [before, after] = await twice(BOTTLE)
  expect(planChanges(before, after)).toEqual([])
  expect(planDigest(after)).toBe(planDigest(before))
})

test('a route in front of others is one addition, told by its host', async () => {
  expect(planChanges(...(await twice(BOTTLE.replace('- host: b.x', '- host: a.x\n    - host: b.x'))))).toEqual([
    { path: 'egress.routes[a.x]', kind: 'added', after: expect.stringMatching(/ports: 443; .*scan\.onMatch: block/) },
  ])
})

test('a route that is gone is one removal', async () => {
  expect(planChanges(...(await twice(BOTTLE.replace('    - host: b.x\n', ''))))).toEqual([
    { path: 'egress.routes[b.x]', kind: 'removed', before: expect.stringContaining('ports: 443') },
  ])
})

test('a changed method is one change, with before and after', async () => {
  expect(planChanges(...(await twice(BOTTLE.replace('[GET]', '[GET, POST]'))))).toEqual([
    { path: 'egress.routes[c.x].matches[0].methods', kind: 'changed', before: 'GET', after: 'GET, POST' },
  ])
})

test('variables are told by their name', async () => {
  expect(planChanges(...(await twice(BOTTLE.replace('{A: one, B: two}', '{B: three, C: "?"}'))))).toEqual([
    { path: 'env[A]', kind: 'removed', before: 'from: dev; origin: literal; value: one' },
    { path: 'env[B].value', kind: 'changed', before: 'two', after: 'three' },
    { path: 'env[C]', kind: 'added', after: 'from: dev; origin: asked' },
  ])
})

test('a long prompt is shown around the first difference', async () => {
  const body = (word: string) =>
    manifest('bottle: dev', `${'Same words. '.repeat(100)}${word}${' More words.'.repeat(100)}`)
  await using machine = await sampleMachine(BOTTLE, { 'agents/dev.md': body('ONE') })
  const before = await machine.plan()
  await machine.home.write('agents/dev.md', body('TWO'))
  const changes = planChanges(before, await machine.plan())
  expect(changes.map(({ path }) => path)).toEqual(['prompt.text'])
  expect(changes[0]!.before).toMatch(/^….*ONE.*…$/)
  expect(changes[0]!.after).toMatch(/^….*TWO.*…$/)
  expect(changes[0]!.after!.length).toBeLessThan(410)
})

test('two runs of the same agent do not differ by their slugs and names', async () => {
  await using machine = await sampleMachine(BOTTLE)
  const [one, two] = [await machine.plan(), await machine.plan({ label: 'second' })]
  expect(planChanges(one, two)).toEqual([{ path: 'label', kind: 'added', after: 'second' }])
})

/** The same plan for a micro-VM in the network 192.168.n.0/24. */
function inMachine(plan: DockerPlan, n: number): BottlePlan {
  const { backend: _, container: __, networks: ___, runtime: ____, ...common } = plan
  return {
    ...common,
    backend: 'smolmachines',
    machine: `bot-bottle-${plan.slug}`,
    network: `bot-bottle-${plan.slug}`,
    bundleSubnet: `192.168.${n}.0/24` as Cidr,
    gateway: `192.168.${n}.1`,
    bundleAddress: `192.168.${n}.2`,
    addressing: { kind: 'routable', unverified: false },
    allowCidrs: [`192.168.${n}.2/32` as Cidr],
    size: { cpus: 2, memoryMiB: 4096, storageGiB: 20, overlayGiB: null },
    artifact: { kind: 'archive', key: 'first 16 hex digits of the image id' },
    smolvm: n === 20 ? '1.9.3' : '1.9.4',
  }
}

test('another backend is one change, and not all that only one of the two knows', async () => {
  await using machine = await sampleMachine(BOTTLE)
  const plan = await machine.plan()
  const changes = [planChanges(plan, inMachine(plan, 20)), planChanges(inMachine(plan, 20), plan)]
  expect(changes.map((found) => found.map(({ path }) => path))).toEqual([['backend'], ['backend']])
})

test('two micro-VMs of the same agent do not differ by their networks', async () => {
  await using machine = await sampleMachine(BOTTLE)
  const [one, two] = [await machine.plan(), await machine.plan({ label: 'second' })]
  expect(planChanges(inMachine(one, 20), inMachine(two, 21)).map(({ path }) => path)).toEqual(['label', 'smolvm'])
})

test('a slug that somebody took since the review is told, and so is a new blocker', async () => {
  await using machine = await sampleMachine(`${BOTTLE}limits: {cpus: 1}`)
  const before = await machine.plan()
  const slug = { ...before, slug: 'other', container: 'bot-bottle-other' } as DockerPlan
  expect(planChanges(before, slug, 'review').map(({ path }) => path)).toEqual(['container', 'slug'])
  await machine.home.write('agents/dev.md', manifest('bottle: dev\nskills: [gone]', 'You write code.'))
  expect(planChanges(before, await machine.plan(), 'review').map(({ path }) => path)).toContain('blockers[0].code')
})

test('the digest does not know ids and times', async () => {
  await using machine = await sampleMachine(BOTTLE)
  const plan = await machine.plan()
  expect(planDigest({ ...plan, id: 'other' as DockerPlan['id'], resolvedAt: 1 })).toBe(planDigest(plan))
})

test('the digest knows everything else: every leaf of a plan that changes, changes it', async () => {
  await using machine = await sampleMachine(BOTTLE)
  const plan = JSON.parse(JSON.stringify(await machine.plan())) as DockerPlan
  const digests = new Set([planDigest(plan)])
  let leaves = 0
  const visit = (value: unknown, path: (string | number)[]): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [key, each] of Object.entries(value)) visit(each, [...path, key])
      return
    }
    if (path[0] === 'id' || path[0] === 'resolvedAt') return
    leaves++
    const copy = structuredClone(plan)
    let at = copy as unknown as Record<string | number, unknown>
    for (const step of path.slice(0, -1)) at = at[step] as typeof at
    at[path.at(-1)!] = `changed ${String(value)}`
    digests.add(planDigest(copy))
  }
  visit(plan, [])
  expect(leaves).toBeGreaterThan(40)
  expect(digests.size).toBe(leaves + 1)
})

test('canonical JSON does not depend on the order in which keys were set', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined, A: true })).toBe(
    '{"A":true,"b":[1,{"c":"x","d":null}]}',
  )
})
