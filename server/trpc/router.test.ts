import { TRPCError } from '@trpc/server'
import { expect, test } from 'vitest'
import type { PlanId } from '../contract/ids.ts'
import { PlanChangedError } from '../errors.ts'
import { createManifests } from '../manifest/manifests.ts'
import { BottleBench } from '../testing/bottle-bench.ts'
import type { Context } from './context.ts'
import { createCaller } from './router.ts'

/** The procedures over real services and a scripted engine. */
function callerOf(bench: BottleBench, more: Partial<Context> = {}) {
  const { service, room, shares } = bench
  const context = {
    bottles: service,
    shares,
    manifests: createManifests({ home: bench.home }),
    logger: room.logger,
    ...more,
  }
  return createCaller(context as Context)
}

test('from the list of agents to a stopped bottle, by procedures alone', async () => {
  await using bench = await BottleBench.started()
  const call = callerOf(bench)
  expect((await call.manifests.list()).agents).toMatchObject([{ name: 'shell' }])
  const { planId, digest } = await call.plans.resolve({ agent: 'shell', label: 'By hand', color: 'teal' })
  const { slug } = await call.bottles.launch({ planId, digest })
  await bench.until(slug, 'running')
  expect(await call.bottles.get({ slug })).toMatchObject({ slug: 'by-hand', color: 'teal', planDigest: digest })
  expect(await call.bottles.stop({ slug })).toEqual({ leftBehind: [] })
  await call.bottles.remove({ slug })
  expect(await call.bottles.list()).toEqual([])
})

test('our own errors keep their code and message; the page gets the structured part of them', async () => {
  await using bench = await BottleBench.started()
  const call = callerOf(bench)
  await expect(call.plans.resolve({ agent: 'nobody' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: 'There is no agent named nobody. The agents are: shell.',
  })
  const unknown = { planId: '7fb2e2a1-2f0b-4f4e-9d8a-3c76a3c1f6b1' as PlanId, digest: 'a'.repeat(64) }
  await expect(call.bottles.launch(unknown as never)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('what a plan changed in travels as data, apart from the message', async () => {
  await using bench = await BottleBench.started()
  const call = callerOf(bench)
  const { planId, digest } = await call.plans.resolve({ agent: 'shell' })
  await bench.write('agents/shell.md', '---\nbottle: shell\n---\nOther.\n')
  const error: unknown = await call.bottles.launch({ planId, digest }).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(TRPCError)
  expect((error as TRPCError).cause).toBeInstanceOf(PlanChangedError)
  expect((error as TRPCError).code).toBe('CONFLICT')
})

test.each([
  ['an unknown key', { agent: 'shell', nonsense: 1 }],
  ['an agent that is no text', { agent: 1 }],
  ['a colour that there is not', { agent: 'shell', color: 'beige' }],
  ['a backend that there is not', { agent: 'shell', backend: 'chroot' }],
])('%s is refused', async (_name, input) => {
  await using bench = await BottleBench.started()
  await expect(callerOf(bench).plans.resolve(input as never)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
})

test.each(['../etc', 'UPPER', 'a--b', '-a', 'a'.repeat(41), ''])('%j is no slug', async (slug) => {
  await using bench = await BottleBench.started()
  await expect(callerOf(bench).bottles.stop({ slug } as never)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
})
