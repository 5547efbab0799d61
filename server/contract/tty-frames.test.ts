import { expect, test } from 'vitest'
import { ttyVisitor } from './tty-frames.ts'

test('a visitor is known by the number it tells; anything else in its address makes it somebody new, not an error', () => {
  expect(ttyVisitor.parse({ page: 'a1b2c3d4e5f6', watching: '1' })).toEqual({ page: 'a1b2c3d4e5f6', watching: true })
  const somebody = { page: null, watching: false }
  for (const page of [null, '', 'short', 'UPPERCASE1234', 'a'.repeat(41), '../../etc/passwd', 'a1b2c3d4e5f6\n'])
    expect(ttyVisitor.parse({ page, watching: null })).toEqual(somebody)
  for (const watching of ['', '0', 'true', '11']) expect(ttyVisitor.parse({ page: null, watching })).toEqual(somebody)
})
