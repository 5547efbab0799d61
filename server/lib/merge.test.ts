import { expect, test } from 'vitest'
import { merge } from './merge.ts'

async function* numbers(from: number, to: number, closed: string[] = []) {
  try {
    for (let n = from; n <= to; n += 1) yield n
  } finally {
    closed.push(`${from}`)
  }
}

test('everything of every source comes, each source in its order, none of them starved', async () => {
  const seen: number[] = []
  for await (const n of merge([numbers(1, 3), numbers(11, 12)])) seen.push(n)
  expect(seen.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 11, 12])
  expect(seen.filter((n) => n < 10)).toEqual([1, 2, 3])
  expect(seen.indexOf(11)).toBeLessThan(3)
})

test('leaving early closes every source', async () => {
  const closed: string[] = []
  for await (const n of merge([numbers(1, 100, closed), numbers(201, 300, closed)])) if (n > 200) break
  await Promise.resolve()
  expect(closed.sort()).toEqual(['1', '201'])
})

test('an error of one source ends the whole', async () => {
  async function* broken(): AsyncGenerator<number> {
    yield 1
    throw new Error('broken')
  }
  const read = async () => {
    for await (const _ of merge([broken(), numbers(1, 1000)]));
  }
  await expect(read()).rejects.toThrow('broken')
})
