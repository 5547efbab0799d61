import { expect, test } from 'vitest'
import {
  count,
  formatAge,
  formatBytes,
  formatCpu,
  formatDuration,
  formatUntil,
  plainLine,
  quoteArg,
  shortDigest,
} from './format'

test.each([
  [-3_000, 'now'],
  [4_999, 'now'],
  [42_000, '42 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_599_999, '59 min'],
  [7_200_000, '2 h'],
  [86_400_000 * 3, '3 d'],
])('an age of %i ms is told as %s', (ms, text) => expect(formatAge(ms)).toBe(text))

test.each([
  [84.4, '84 ms'],
  [1_440, '1.4 s'],
  [32_100, '32 s'],
  [125_000, '2 min 05 s'],
  [3_840_000, '1 h 04 min'],
])('a duration of %f ms is told as %s', (ms, text) => expect(formatDuration(ms)).toBe(text))

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1 kB'],
  [1_536, '1.54 kB'],
  [640_000_000, '640 MB'],
  [999_600_000, '1 GB'],
  [1_250_000_000, '1.25 GB'],
])('%i bytes are told as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text))

test('what is over is now, and the time until something ends is never zero', () => {
  expect(formatUntil(-5)).toBe('now')
  expect(formatUntil(1)).toBe('in 5 s')
  expect(formatUntil(3 * 3_600_000)).toBe('in 3 h')
})

test('small words', () => {
  expect(count(1, 'bottle')).toBe('1 bottle')
  expect(count(1200, 'repository', 'repositories')).toBe('1,200 repositories')
  expect(formatCpu(0.34)).toBe('0.3 %')
  expect(formatCpu(183.6)).toBe('184 %')
  expect(shortDigest('sha256:0123456789abcdef')).toBe('0123456789ab')
})

test('an argument is quoted only where a shell would need it', () => {
  expect(quoteArg('--model=opus')).toBe('--model=opus')
  expect(quoteArg("it's $HOME")).toBe(`'it'\\''s $HOME'`)
  expect(quoteArg('')).toBe("''")
})

test('a line from a bottle holds no control and no direction-changing character', () => {
  expect(plainLine('\u202egnp.exe\u2066 \u001b[31mred\u0007\n next')).toBe('gnp.exe red next')
  expect(plainLine('<img src=x onerror=alert(1)>')).toBe('<img src=x onerror=alert(1)>')
})
