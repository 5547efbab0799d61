import { mkdir, readdir } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { BottleSlug } from '../contract/ids.ts'
import { BottleBench } from '../testing/bottle-bench.ts'
import { Leftovers } from './leftovers.ts'

function leftoversOf({ room, backend }: BottleBench) {
  const { registry, folders, logger } = room
  return new Leftovers({
    backends: { docker: backend },
    known: () => new Set<string>(registry.all().map(({ slug }) => slug)),
    frozenOf: (slug) => registry.get(slug).frozen?.digest ?? null,
    isFreezing: (slug) => registry.view(slug).freezing,
    folders,
    logger,
  })
}

test('what no bottle accounts for is listed: on the engine, on disk, and what the backend itself left', async () => {
  await using bench = await BottleBench.started()
  const slug = await bench.launch()
  await bench.until(slug, 'running')
  bench.backend.exists('stranger' as BottleSlug, 'running')
  bench.backend.strangers.push({
    id: 'image:old',
    kind: 'image',
    name: 'old',
    slug: null,
    bytes: 5,
    createdAt: null,
    why: 'A newer one replaced it.',
  })
  await bench.write('state/orphan/plan.json', '12345')
  const listed = await leftoversOf(bench).list()
  expect(listed.map(({ kind, slug }) => [kind, slug])).toEqual([
    ['container', 'stranger'],
    ['image', null],
    ['folder', 'orphan'],
  ])
  expect(listed[0]?.why).toContain('Its agent is running')
  expect(listed[2]?.bytes).toBe(5)
})

test('a dry run removes nothing and says what it would', async () => {
  await using bench = await BottleBench.started()
  bench.backend.exists('stranger' as BottleSlug, 'partial')
  const leftovers = leftoversOf(bench)
  const ids = (await leftovers.list()).map(({ id }) => id)
  expect(await leftovers.clean(ids, true)).toEqual({ dryRun: true, removed: ids, failed: [], bytes: 0 })
  expect(bench.backend.world.size).toBe(1)
})

test('cleaning removes what was chosen and nothing else, and says by name what it could not', async () => {
  await using bench = await BottleBench.started()
  bench.backend.exists('one' as BottleSlug, 'ended')
  bench.backend.exists('two' as BottleSlug, 'partial')
  await mkdir(path.join(bench.home, 'state/orphan'), { recursive: true })
  const leftovers = leftoversOf(bench)
  const folder = `folder:${path.join(bench.home, 'state/orphan')}`
  const cleaned = await leftovers.clean(['bottle:docker:one', folder, 'image:gone'], false)
  expect(cleaned.removed).toEqual(['bottle:docker:one', folder])
  expect(cleaned.failed).toEqual([{ id: 'image:gone', message: expect.stringContaining('not left over any more') }])
  expect([...bench.backend.world.keys()]).toEqual(['two'])
  expect(await readdir(path.join(bench.home, 'state'))).toEqual([])
  bench.backend.script = { stuck: ['networks'] }
  const stuck = await leftovers.clean(['bottle:docker:two'], false)
  expect(stuck.failed).toEqual([{ id: 'bottle:docker:two', message: 'networks: networks is in use' }])
})

test('a bottle that is known is never a leftover, whatever its id says', async () => {
  await using bench = await BottleBench.started()
  const slug = await bench.launch()
  await bench.until(slug, 'running')
  const { removed, failed } = await leftoversOf(bench).clean([`bottle:docker:${slug}`], false)
  expect([removed, failed.length]).toEqual([[], 1])
  expect(bench.backend.world.has(slug)).toBe(true)
})

test('while the engine is down, folders can still be cleaned', async () => {
  await using bench = await BottleBench.started()
  await mkdir(path.join(bench.home, 'state/orphan'), { recursive: true })
  bench.backend.script = { down: true }
  expect(await leftoversOf(bench).list()).toMatchObject([{ kind: 'folder' }])
})

test('what a bottle was frozen into is nobody’s leftover; what a killed freeze made, or a newer one replaced, is offered', async () => {
  await using bench = await BottleBench.started()
  const slug = await bench.launch()
  await bench.until(slug, 'running')
  await bench.service.freeze(slug)
  const leftovers = leftoversOf(bench)
  const frozen = async () => (await leftovers.list()).filter(({ id }) => id.startsWith('frozen:'))
  expect(await frozen()).toEqual([])
  const thing = { kind: 'image', name: 'sha256:unnamed', bytes: 9, createdAt: 0 } as const
  bench.backend.things.push({ ...thing, slug, digest: 'sha256:half' })
  bench.backend.things.push({
    ...thing,
    slug: 'gone' as BottleSlug,
    digest: 'sha256:old',
    name: 'bot-bottle-gone:frozen',
  })
  const listed = await frozen()
  expect(listed.map(({ id, slug, bytes }) => [id, slug, bytes])).toEqual([
    ['frozen:docker:sha256:half', slug, 9],
    ['frozen:docker:sha256:old', 'gone', 9],
  ])
  const cleaned = await leftovers.clean(
    listed.map(({ id }) => id),
    false,
  )
  expect(cleaned).toMatchObject({ failed: [], bytes: 18 })
  // What the bottle would be resumed from is still there.
  expect(bench.backend.things).toMatchObject([{ slug, digest: 'sha256:0' }])
})
