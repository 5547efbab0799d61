import { expect, test } from 'vitest'
import { NetworkBench } from '../testing/network-bench.ts'
import type { Context } from './context.ts'
import { createCaller } from './router.ts'

const callerOf = (bench: NetworkBench) => createCaller({ networks: bench.service } as unknown as Context)

test('from a refused request to one that is allowed, by procedures alone', async () => {
  await using bench = await NetworkBench.make()
  const { slug, bundle } = await bench.launch()
  const call = callerOf(bench)
  bundle.audit()
  bundle.audit({ outcome: 'refused', rule: 'not-listed', host: 'pypi.org', path: '/simple/x' })
  const { requests } = await call.network.page({ slug, outcome: 'refused' })
  expect(requests).toMatchObject([{ host: 'pypi.org', rule: 'not-listed' }])
  const [{ host, port, method, path }] = requests as [(typeof requests)[0]]
  const done = await call.routes.allow({ slug, host, port, methods: [method], path: { type: 'exact', value: path } })
  expect(done.changes).toEqual(['pypi.org added'])
  expect((await call.routes.get({ slug })).text).toContain('{type: exact, value: /simple/x}')
  expect(await call.network.summary({ slug })).toMatchObject({ requests: 2, refused: 1 })
})

test('every problem of an edit travels as data, with its line', async () => {
  await using bench = await NetworkBench.make()
  const { slug } = await bench.launch()
  const call = callerOf(bench)
  const { digest } = await call.routes.get({ slug })
  const edit = { kind: 'text', text: '- host: "*.a.org"\n- host: 10.0.0.1\n' } as const
  await expect(call.routes.update({ slug, digest, edit })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
    cause: { data: { problems: [{ line: 1 }, { line: 2 }] } },
  })
})

test('a bottle that there is not is not found, and one that is not up says so', async () => {
  await using bench = await NetworkBench.make()
  const { slug } = await bench.launch()
  const call = callerOf(bench)
  await expect(call.routes.get({ slug: 'nobody' as never })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(call.network.page({ slug: 'nobody' as never })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  bench.service.down(slug)
  await expect(call.routes.get({ slug })).rejects.toMatchObject({ code: 'CONFLICT' })
})

test.each([
  ['an unknown outcome', { outcome: 'maybe' }],
  ['too many at once', { limit: 501 }],
  ['an unknown key', { hosts: 'a' }],
])('%s is refused', async (_name, wanted) => {
  await using bench = await NetworkBench.make()
  const { slug } = await bench.launch()
  await expect(callerOf(bench).network.page({ slug, ...wanted } as never)).rejects.toMatchObject({
    code: 'BAD_REQUEST',
  })
})
