import { expect, test } from 'vitest'
import { bytesOf } from '../../lib/bytes-of.ts'
import { limitOptions } from './limits.ts'

test.each([
  ['512m', 512 * 2 ** 20],
  ['4g', 4 * 2 ** 30],
  ['1.5G', 1.5 * 2 ** 30],
  ['1073741824', 2 ** 30],
  ['2GiB', 2 * 2 ** 30],
])('%s is %d bytes', (size, bytes) => expect(bytesOf(size)).toBe(bytes))

test('more cores than there are would be refused by the engine, so there are no more', () => {
  const limits = { cpus: 8, memory: '1g', pids: 100, disk: null }
  expect(limitOptions(limits, 2)).toEqual({ Memory: 2 ** 30, MemorySwap: 2 ** 30, NanoCpus: 2e9, PidsLimit: 100 })
})
