import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { Budget } from './budget.ts'
import { byteClass } from './byte-class.ts'
import { KnownValues } from './known-values.ts'
import { endOfRun, nextRun } from './next-run.ts'
import { SampledSearch } from './sampled-search.ts'
import { findingsIn, OverBudgetError } from './scan.ts'

const value = randomBytes(30).toString('hex')
const known = new KnownValues([{ name: 'MINE', value }])
const MINE = ['MINE']
const found = (text: string | Buffer) => [...findingsIn(text, known, ['known_secrets', 'token_patterns'])]

test('sampling misses no string, wherever it stands', () => {
  for (let round = 0; round < 20; round++) {
    const patterns = Array.from({ length: 5 }, () => randomBytes(8 + round))
    const search = new SampledSearch(patterns.map((bytes) => ({ bytes, enough: bytes.length })))
    for (let at = 0; at < 60; at++) {
      const pattern = patterns[at % 5]!
      const before = Buffer.alloc(at, pattern[0]! ^ 1)
      expect([...search.search(Buffer.concat([before, pattern]))]).toEqual([at % 5])
      expect([...search.search(Buffer.concat([before, pattern, before]))]).toEqual([at % 5])
      expect([...search.search(Buffer.concat([before, pattern.subarray(1), before]))]).toEqual([])
    }
  }
})

test('runs are those that a regular expression finds, on random text', () => {
  for (let round = 0; round < 300; round++) {
    const text = Array.from(randomBytes(300), (byte) => (byte % (3 + (round % 30)) === 0 ? ' ' : 'a')).join('')
    const bytes = Buffer.from(text)
    const members = byteClass('a-z')
    const runs: [number, number][] = []
    for (let at = nextRun(bytes, 0, members, 16); at !== -1; ) {
      const end = endOfRun(bytes, at, members)
      runs.push([at, end])
      at = nextRun(bytes, end, members, 16)
    }
    expect(runs).toEqual([...text.matchAll(/a{16,}/g)].map((match) => [match.index, match.index + match[0].length]))
  }
})

// Only the surroundings of escapes are looked at again: the places where that could go wrong are their edges.
const ESCAPED = [
  ['percent', (code: number) => `%${code.toString(16).padStart(2, '0')}`],
  ['JSON', (code: number) => `\\u${code.toString(16).padStart(4, '0')}`],
  ['an entity', (code: number) => `&#${code};`],
] as const
test.each(ESCAPED)('a token of which one letter is written as %s is found, whatever stands around it', (_, written) => {
  const token = ['ghp', randomBytes(18).toString('hex')].join('_')
  for (const before of ['', 'x '.repeat(300), 'y'.repeat(30_000), `${written(65)}${'z '.repeat(5000)}`]) {
    for (const at of [0, 3, 20, token.length - 1]) {
      const hidden = token.slice(0, at) + written(token.charCodeAt(at)) + token.slice(at + 1)
      expect(found(before + hidden)).toContain('github-token')
      expect(found(`${before}${hidden} ${before}`)).toContain('github-token')
      expect(found(before + token.slice(0, at) + token.slice(at + 1))).toEqual([])
    }
  }
})

test('a long body of JSON is looked into to its end', () => {
  const filler = 'some words, "quoted"\n'.repeat(250_000) // 5 MB, more with its escapes
  const body = Buffer.from(
    JSON.stringify({ filler, last: [...value].map((char) => `%${char.charCodeAt(0).toString(16)}`) }),
  )
  expect(found(body)).toEqual(MINE)
})

test('a value split by separators is found across the blocks in which it is looked for', () => {
  for (const shift of [0, 1, 7, 30]) {
    const filler = 'ab cd, '.repeat(20_000).slice(shift)
    expect(found(`${filler}${[...value].join('-')}${filler}`)).toEqual(MINE)
  }
})

test('what unfolds to more than its budget is not passed for clean', () => {
  const packed = gzipSync(Buffer.concat([Buffer.alloc(500_000), Buffer.from(value)])).toString('base64')
  expect(() => findingsIn(packed, known, [], new Budget(64 * 1024))).toThrow(OverBudgetError)
  expect(found(packed)).toEqual(MINE)
})
