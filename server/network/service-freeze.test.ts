import { expect, test } from 'vitest'
import { NetworkBench } from '../testing/network-bench.ts'

const NPM = '- host: registry.npmjs.org\n  matches:\n    - methods: [GET]\n'

test('freezing closes one bottle or all, keeps the routes, and survives the server', async () => {
  await using bench = await NetworkBench.make()
  const { slug } = await bench.launch()
  const { slug: other } = await bench.launch('other-abcde')
  expect(await bench.service.freeze(slug, true)).toMatchObject([{ slug, frozen: true, problem: null }])
  expect(bench.registry.view(slug).egress?.frozen).toBe(true)
  expect(bench.registry.view(other).egress?.frozen).toBe(false)

  await bench.restart()
  expect(bench.service.routes(slug)).toMatchObject({ frozen: true, text: NPM, status: { kind: 'in-force' } })
  expect(bench.registry.view(slug).egress?.frozen).toBe(true)
  expect((await bench.service.freeze(null, true)).map(({ frozen }) => frozen)).toEqual([true, true])
  expect((await bench.service.freeze(null, false)).map(({ frozen }) => frozen)).toEqual([false, false])
  expect(bench.service.routes(other)).toMatchObject({ frozen: false, text: NPM })
})

test('freezing what is not up says so, and does not keep the others from being closed', async () => {
  await using bench = await NetworkBench.make()
  const { slug } = await bench.launch()
  bench.service.down(slug)
  expect(await bench.service.freeze(slug, true)).toMatchObject([
    { slug, frozen: false, problem: expect.stringContaining('up') },
  ])
})

test('freezing all holds for a bottle that is on its way, and for those that are launched afterwards', async () => {
  await using bench = await NetworkBench.make()
  const { slug: first } = await bench.launch('first-abcde')
  const onItsWay = await bench.prepare('second-abcde')
  await bench.service.freeze(null, true)
  expect(await bench.read(`state/${onItsWay}/egress/routes.yaml`)).toContain('frozen: true')
  await bench.restart()
  expect(bench.service.allFrozen).toBe(true)
  const { slug: later } = await bench.launch('later-abcde')
  expect(bench.service.routes(later).frozen).toBe(true)
  expect(bench.registry.view(later).egress?.frozen).toBe(true)
  // One that the operator opens is open; with the last of them all are meant.
  await bench.service.freeze(later, false)
  expect(bench.service.allFrozen).toBe(true)
  await bench.service.freeze(first, false)
  expect(bench.service.allFrozen).toBe(false)
  const { slug: last } = await bench.launch('last-abcde')
  expect(bench.service.routes(last).frozen).toBe(false)
})
