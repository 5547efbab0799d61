import { expect, test } from 'vitest'
import { colouredText, plainText } from './plain-text.ts'

test.for([
  ['colours', '\x1b[1;31mred\x1b[0m', 'red'],
  ['cursor movement and erasing', 'a\x1b[2J\x1b[10;5Hb\x1b[K', 'ab'],
  ['a window title', '\x1b]0;pwned\x07text', 'text'],
  ['a clipboard write, ended by ST', '\x1b]52;c;ZXZpbA==\x1b\\text', 'text'],
  ['a link', '\x1b]8;;https://evil.example\x1b\\here\x1b]8;;\x1b\\', 'here'],
  ['a device control string', '\x1bP+q544e\x1b\\text', 'text'],
  ['8-bit controls', '\x9b31mred\x9d0;title\x07\x85', 'red'],
  ['bells, backspaces, carriage returns, NUL', 'a\x07\x08b\rc\x00\x7f', 'abc'],
  ['a lone escape at the end', 'text\x1b', 'text'],
  ['a sequence without an end: its text is shown', '\x1b]0;unfinished', '0;unfinished'],
  ['two-character escapes', '\x1bc\x1b(Btext\x1b7', 'text'],
] as const)('plain text has no %s', ([, hostile, plain]) => {
  expect(plainText(hostile)).toBe(plain)
})

test('line ends and tabs stay, also inside a sequence that never ends', () => {
  expect(plainText('a\tb\n\x1b]0;x\nc\n')).toBe('a\tb\n0;x\nc\n')
})

test('characters that reorder a line are written out', () => {
  expect(plainText('user\u202e\u2066// admin\u2069')).toBe('user\\u202e\\u2066// admin\\u2069')
})

test('coloured text keeps colours and nothing else', () => {
  expect(colouredText('\x1b[32mok\x1b[0m\x1b[2J\x1b]0;t\x07\x1b[38;2;1;2;3mx')).toBe(
    '\x1b[32mok\x1b[0m\x1b[38;2;1;2;3mx',
  )
})

test('a megabyte of sequences that never end is read once, not once for each of them', () => {
  for (const piece of ['\x1b]', '\x9d', '\x1b[0;', '\x1bP\x9d', '\x1b']) {
    const text = piece.repeat(1_000_000 / piece.length)
    expect(plainText(text).length).toBeLessThan(text.length) // in quadratic time this would not come back
  }
})
