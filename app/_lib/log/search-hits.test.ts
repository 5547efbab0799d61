import { describe, expect, it } from 'vitest'
import { parseAnsi } from '../ansi'
import { hitFrom, markHits } from './search-hits'

const marked = (line: string, query: string, caseSensitive = false) =>
  markHits(parseAnsi(line), query, caseSensitive)
    .map((span) => (span.hit ? `[${span.text}]` : span.text))
    .join('')

describe('markHits', () => {
  it.each([
    ['error: Error', 'error', '[error]: [Error]'],
    ['nothing here', 'error', 'nothing here'],
    ['aaaa', 'aa', '[aa][aa]'],
    ['aaa', 'aa', '[aa]a'],
    ['', 'a', ''],
    ['a.b*c', '.b*', 'a[.b*]c'],
    ['İstanbul error', 'error', 'İstanbul [error]'],
    ['anything', '', 'anything'],
  ])('%j with %j', (line, query, expected) => {
    expect(marked(line, query)).toBe(expected)
  })

  it('minds the case when asked to', () => {
    expect(marked('error Error', 'Error', true)).toBe('error [Error]')
  })

  it('finds what changes its colour in the middle, and keeps the colours', () => {
    const spans = markHits(parseAnsi('an er\u001b[31mror\u001b[0m!'), 'error', false)
    expect(spans).toEqual([
      { text: 'an ', style: {} },
      { text: 'er', style: {}, hit: true },
      { text: 'ror', style: { color: { index: 1 } }, hit: true },
      { text: '!', style: {} },
    ])
  })
})

describe('hitFrom', () => {
  const lines = [10, 20, 20_000]
  it('goes on and round', () => {
    expect(hitFrom(lines, 1, 1)).toBe(0)
    expect(hitFrom(lines, 10, 1)).toBe(1)
    expect(hitFrom(lines, 10, 1, true)).toBe(0)
    expect(hitFrom(lines, 20_000, 1)).toBe(0)
    expect(hitFrom(lines, 20, -1)).toBe(0)
    expect(hitFrom(lines, 20, -1, true)).toBe(1)
    expect(hitFrom(lines, 10, -1)).toBe(2)
    expect(hitFrom([], 10, 1)).toBe(-1)
  })
})
