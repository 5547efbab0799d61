import { expect, test } from 'vitest'
import { NetworkBench } from '../testing/network-bench.ts'

test('what the bundle told while no server listened is read once, and nothing twice', async () => {
  await using bench = await NetworkBench.make()
  const { slug, bundle } = await bench.launch()
  bundle.audit({ path: '/one' })
  bundle.tell({ kind: 'daemon', name: 'egress', state: 'down', restarts: 1, why: 'it fell' })
  bench.service.down(slug)
  bundle.audit({ path: '/two' })
  await bench.restart()
  bundle.audit({ path: '/three' })
  const { requests } = await bench.service.page(slug, { limit: 10 })
  expect(requests.map(({ path }) => path)).toEqual(['/three', '/two', '/one'])
  expect(await bench.stored(slug, 'bundle')).toMatchObject([{ daemon: 'egress', state: 'down', why: 'it fell' }])
})

test('the overview sees refusals and the last probe', async () => {
  await using bench = await NetworkBench.make()
  const { slug, bundle } = await bench.launch()
  bundle.audit({ outcome: 'refused', rule: 'not-listed', at: Date.now() })
  await bench.service.page(slug, { limit: 1 })
  bench.service.probed(slug, 'red')
  expect(bench.registry.view(slug).egress).toEqual({ frozen: false, probe: 'red', refused: 1, perMinute: 1 })
})

test('what the boundary probe asks for is not counted as the agent’s', async () => {
  await using bench = await NetworkBench.make()
  const { slug, bundle } = await bench.launch()
  const refused = { outcome: 'refused', method: 'CONNECT', rule: 'not-listed', at: Date.now() } as const
  bundle.audit({ ...refused, host: 'unlisted.bot-bottle.invalid', port: 9 })
  bundle.audit({ ...refused, host: '127.0.0.1', port: 9, rule: 'address-literal' })
  bundle.audit({ ...refused, host: '127.0.0.1', port: 443, rule: 'address-literal' })
  const { requests } = await bench.service.page(slug, { limit: 5 })
  expect(requests.map(({ host, port }) => `${host}:${port}`)).toEqual(['127.0.0.1:443'])
})

test('a plan whose routes egress would refuse is not launched', async () => {
  await using bench = await NetworkBench.make()
  const { plan } = await bench.launch()
  const [route] = plan.egress.routes
  const twice = { ...plan, egress: { ...plan.egress, routes: [route!, route!] } }
  await expect(bench.service.prepare(twice)).rejects.toThrow('nothing was launched')
})

test('a bottle that is let go of while its past is read is not followed', async () => {
  await using bench = await NetworkBench.make()
  const { slug, bundle } = await bench.launch()
  const up = bench.up(slug)
  bench.service.down(slug)
  await up
  expect(() => bench.service.routes(slug)).toThrow('can be seen and changed while it is up')
  bundle.audit()
  expect((await bench.service.page(slug, { limit: 5 })).requests).toEqual([])
  expect(bench.registry.view(slug).egress).toBeNull()
})
