import { beforeEach, expect, test } from 'vitest'
import { TabStore } from './tab-store'
import { aBottle } from './testing-bottle'

let store: TabStore
let pending: (() => void)[]
const draw = () => {
  for (const tell of pending.splice(0)) tell()
  return store.snapshot().bottles?.map((bottle) => bottle.slug) ?? null
}
const bottle = (slug: string, createdAt = 0) => ({ kind: 'bottle', bottle: aBottle({ slug, createdAt }) }) as const

beforeEach(() => {
  pending = []
  store = new TabStore((tell) => pending.push(tell))
})

test('half of the first list is never shown', () => {
  store.syncing()
  store.receive(bottle('a'))
  expect(draw()).toBeNull()
  store.receive(bottle('b', 1))
  store.receive({ kind: 'live' })
  expect(draw()).toEqual(['b', 'a'])
})

test('a bottle that was removed during an interruption is gone afterwards', () => {
  store.syncing()
  store.receive(bottle('a'))
  store.receive(bottle('b'))
  store.receive({ kind: 'live' })
  store.syncing()
  store.receive(bottle('b'))
  expect(draw()).toEqual(['a', 'b'])
  store.receive({ kind: 'live' })
  expect(draw()).toEqual(['b'])
})

test('many changes are told once', () => {
  let told = 0
  store.subscribe(() => (told += 1))
  store.syncing()
  store.receive({ kind: 'live' })
  for (let n = 0; n < 50; n += 1) store.receive(bottle(`b${n}`))
  draw()
  expect(told).toBe(1)
  expect(store.snapshot().bottles).toHaveLength(50)
})

test('connecting is not yet lost; an open one that stops is', () => {
  store.syncing()
  draw()
  expect(store.snapshot().connection).toBe('connecting')
  store.opened()
  store.syncing()
  draw()
  expect(store.snapshot().connection).toBe('lost')
})
