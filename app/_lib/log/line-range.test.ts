import { describe, expect, it } from 'vitest'
import { formatLineHash, inRange, orderedRange, parseLineHash, rangeText } from './line-range'

describe('a link to lines', () => {
  it.each([
    ['#L120', { from: 120, to: 120 }],
    ['L7', { from: 7, to: 7 }],
    ['#L120-L140', { from: 120, to: 140 }],
    ['#L120-140', { from: 120, to: 140 }],
    ['#L140-L120', { from: 120, to: 140 }],
    ['#L0', null],
    ['#L1-L0', null],
    ['#', null],
    ['', null],
    ['#L12x', null],
    ['#L12345678901', null],
    ['#section', null],
  ])('%s is read', (hash, range) => {
    expect(parseLineHash(hash)).toEqual(range)
  })

  it('is written as it is read', () => {
    expect(formatLineHash({ from: 3, to: 3 })).toBe('#L3')
    expect(formatLineHash(orderedRange(9, 3))).toBe('#L3-L9')
    expect(rangeText({ from: 3, to: 9 })).toBe('Lines 3–9')
  })

  it('holds both its ends', () => {
    expect([2, 3, 4, 5].map((n) => inRange({ from: 3, to: 4 }, n))).toEqual([false, true, true, false])
    expect(inRange(null, 1)).toBe(false)
  })
})
