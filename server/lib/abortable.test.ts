import { expect, test } from 'vitest'
import { abortable } from './abortable.ts'

test('answers as the work does', async () => {
  const { signal } = new AbortController()
  expect(await abortable(Promise.resolve(1), signal)).toBe(1)
  await expect(abortable(Promise.reject(new Error('no')), signal)).rejects.toThrow('no')
})

test('gives up with the signal’s reason, and swallows how the work then ends', async () => {
  const abort = new AbortController()
  let fail = (_: Error) => {}
  const work = new Promise<never>((_, reject) => (fail = reject))
  const waiting = abortable(work, abort.signal)
  abort.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  await expect(abortable(work, abort.signal)).rejects.toThrow('enough')
  fail(new Error('nobody listens'))
})
