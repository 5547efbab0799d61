import { expect, test, vi } from 'vitest'
import type { ShareId } from '../contract/ids.ts'
import { BadInputError, BottleNotFoundError, ShareNotFoundError } from '../errors.ts'
import { scratchDatabase, slug } from '../testing/scratch-log.ts'
import { Shares } from './shares.ts'

const demo = slug('demo')
const HOUR = 3_600_000
const DAY = 24 * HOUR

async function sharing() {
  const scratch = await scratchDatabase('demo', 'other')
  const clock = { now: 1_800_000_000_000 }
  const shares = new Shares(scratch.db, () => clock.now)
  const tokenOf = ({ path }: { path: string }) => path.replace('/share/', '')
  return { ...scratch, clock, shares, tokenOf, [Symbol.asyncDispose]: scratch[Symbol.asyncDispose] }
}

test('the token is told once, is long, and is nowhere in the database', async () => {
  await using room = await sharing()
  const created = await room.shares.create({ slug: demo, kind: 'log' })
  const token = room.tokenOf(created)
  expect(token).toMatch(/^[\w-]{43}$/)
  expect(JSON.stringify(await room.shares.list())).not.toContain(token)
  expect(
    JSON.stringify(await room.db.share.findMany(), (_key, value) =>
      typeof value === 'bigint' ? Number(value) : value,
    ),
  ).not.toContain(token)
  expect(await room.shares.open(token)).toEqual({ ...created, path: undefined })
})

test('a share ends after seven days unless told, and after ninety at most', async () => {
  await using room = await sharing()
  const { shares, clock } = room
  expect((await shares.create({ slug: demo, kind: 'log' })).expiresAt).toBe(clock.now + 7 * DAY)
  expect((await shares.create({ slug: demo, kind: 'log', expiresInHours: 90 * 24 })).expiresAt).toBe(
    clock.now + 90 * DAY,
  )
  for (const expiresInHours of [90 * 24 + 1, 0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    await expect(shares.create({ slug: demo, kind: 'log', expiresInHours })).rejects.toThrow(BadInputError)
  }
})

test('unknown, ended and revoked tokens open nothing, all alike', async () => {
  await using room = await sharing()
  const { shares, clock, tokenOf } = room
  const ends = await shares.create({ slug: demo, kind: 'log', expiresInHours: 1 })
  const revoked = await shares.create({ slug: demo, kind: 'log' })
  await shares.revoke(revoked.id)
  clock.now += HOUR
  for (const token of [tokenOf(ends), tokenOf(revoked), 'x'.repeat(43), '', tokenOf(ends).slice(0, -1)]) {
    expect(await shares.open(token)).toBeNull()
  }
  expect((await shares.list(demo)).map(({ state }) => state).sort()).toEqual(['expired', 'revoked'])
})

test('shares are listed by bottle, newest first', async () => {
  await using room = await sharing()
  const first = await room.shares.create({ slug: demo, kind: 'log' })
  room.clock.now += 1
  const second = await room.shares.create({ slug: demo, kind: 'terminal' })
  const other = await room.shares.create({ slug: slug('other'), kind: 'log' })
  expect((await room.shares.list(demo)).map(({ id }) => id)).toEqual([second.id, first.id])
  expect((await room.shares.list()).map(({ id }) => id)).toContain(other.id)
})

test('a range of lines must be one, and is for logs only', async () => {
  await using room = await sharing()
  const { shares } = room
  const created = await shares.create({ slug: demo, kind: 'log', fromLine: 120, toLine: 140 })
  expect(await shares.open(room.tokenOf(created))).toMatchObject({ fromLine: 120, toLine: 140 })
  for (const [fromLine, toLine] of [
    [0, 1],
    [5, 4],
    [1.5, 2],
    [1, 2 ** 40],
  ] as const) {
    await expect(shares.create({ slug: demo, kind: 'log', fromLine, toLine })).rejects.toThrow(BadInputError)
  }
  await expect(shares.create({ slug: demo, kind: 'terminal', fromLine: 1 })).rejects.toThrow(BadInputError)
})

test('nothing is shared of a bottle that is not there, and shares go with their bottle', async () => {
  await using room = await sharing()
  const { shares, db } = room
  await expect(shares.create({ slug: slug('absent'), kind: 'log' })).rejects.toThrow(BottleNotFoundError)
  const created = await shares.create({ slug: demo, kind: 'log' })
  await db.bottle.delete({ where: { slug: 'demo' } })
  expect(await shares.open(room.tokenOf(created))).toBeNull()
  await expect(shares.revoke(created.id)).rejects.toThrow(ShareNotFoundError)
})

test('revoking twice keeps the first time, and an unknown id is told', async () => {
  await using room = await sharing()
  const { shares, clock } = room
  const { id } = await shares.create({ slug: demo, kind: 'log' })
  const first = await shares.revoke(id)
  clock.now += HOUR
  expect(await shares.revoke(id)).toEqual(first)
  await expect(shares.revoke('11111111-1111-4111-8111-111111111111' as ShareId)).rejects.toThrow(ShareNotFoundError)
})

test('a stream ends when its share is revoked, when the share ends, and when the reader leaves', async () => {
  await using room = await sharing()
  const { shares } = room
  const never = new AbortController().signal
  const a = await shares.create({ slug: demo, kind: 'log' })
  const b = await shares.create({ slug: demo, kind: 'log', expiresInHours: 60 * 24 })
  const gone = new AbortController()
  const leases = [shares.lease(a, never), shares.lease(b, never), shares.lease(b, gone.signal)]
  const aborted = () => leases.map(({ signal }) => signal.aborted)
  await shares.revoke(a.id)
  expect(aborted()).toEqual([true, false, false])
  gone.abort()
  expect(aborted()).toEqual([true, false, true])
  for (const lease of leases) lease.done()

  vi.useFakeTimers()
  try {
    // Longer than a timer of Node can wait.
    const lease = shares.lease(b, never)
    vi.advanceTimersByTime(60 * DAY - 1)
    expect(lease.signal.aborted).toBe(false)
    vi.advanceTimersByTime(1)
    expect(lease.signal.aborted).toBe(true)
    lease.done()
  } finally {
    vi.useRealTimers()
  }
})

test('whether a terminal is shared counts only links that still work', async () => {
  await using room = await sharing()
  const { shares, clock } = room
  expect(await shares.hasTerminal(demo)).toBe(false)
  await shares.create({ slug: demo, kind: 'log' })
  await shares.create({ slug: demo, kind: 'terminal', expiresInHours: 1 })
  expect(await shares.hasTerminal(demo)).toBe(true)
  clock.now += HOUR
  expect(await shares.hasTerminal(demo)).toBe(false)
})
