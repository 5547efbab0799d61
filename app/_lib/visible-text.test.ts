import { expect, test } from 'vitest'
import { visibleText } from './visible-text'

test('nothing hides, and nothing turns the writing around', () => {
  expect(visibleText('/a\u202eb\u0000\u200b\r\n\u001b[31m')).toBe('/a\\u202eb\\u0000\\u200b\\u000d\\u000a\\u001b[31m')
  expect(visibleText('/שלום <b>&amp;')).toBe('/שלום <b>&amp;')
})

test('what is cut says so', () => {
  expect(visibleText('abcdef', 3)).toBe('abc…')
  expect(visibleText('abc', 3)).toBe('abc')
})
