import { expect, test } from 'vitest'
import { KeyedLock } from './keyed-lock.ts'

function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { open: () => open(), opened }
}

test('one at a time per key, in order; other keys do not wait', async () => {
  const lock = new KeyedLock()
  const order: string[] = []
  const { open, opened } = gate()
  const first = lock.run('a', async () => {
    await opened
    order.push('first')
  })
  const second = lock.run('a', async () => void order.push('second'))
  await lock.run('b', async () => void order.push('other'))
  expect(lock.taken('a')).toBe(true)
  open()
  await Promise.all([first, second])
  expect(order).toEqual(['other', 'first', 'second'])
  await Promise.resolve()
  expect(lock.taken('a')).toBe(false)
})

test('work that fails lets the next one in', async () => {
  const lock = new KeyedLock()
  await expect(lock.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await lock.run('a', async () => 1)).toBe(1)
})

test('who gives up waiting is neither run nor in the way', async () => {
  const lock = new KeyedLock()
  const { open, opened } = gate()
  const first = lock.run('a', () => opened)
  const abort = new AbortController()
  const ran: number[] = []
  const second = lock.run('a', async () => ran.push(2), abort.signal)
  const third = lock.run('a', async () => 3)
  abort.abort(new Error('given up'))
  await expect(second).rejects.toThrow('given up')
  open()
  await first
  expect(await third).toBe(3)
  expect(ran).toEqual([])
})
