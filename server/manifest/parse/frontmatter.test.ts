import { expect, test } from 'vitest'
import { readFrontmatter } from './frontmatter.ts'

const read = (text: string) => readFrontmatter('bottles/a.md', text)

test('takes a file apart into data and body', () => {
  const { data, body, problems } = read('---\nsupervise: false\n---\n\n# A bottle\n')
  expect({ data, body, problems }).toEqual({ data: { supervise: false }, body: '# A bottle', problems: [] })
})

test('reads files with a byte-order mark, CRLF, leading blank lines and trailing spaces after the dashes', () => {
  const { data, body } = read('\uFEFF\r\n---  \r\na: x\r\n--- \r\nbody\r\nmore\r\n')
  expect({ data, body }).toEqual({ data: { a: 'x' }, body: 'body\nmore' })
})

test('a file without frontmatter is all body, also where dashes stand further down', () => {
  expect(read('Hello\n---\na: 1\n---')).toMatchObject({ data: {}, body: 'Hello\n---\na: 1\n---' })
})

test('empty frontmatter is an empty map', () => {
  expect(read('---\n---\n')).toMatchObject({ data: {}, problems: [] })
  expect(read('---\n# only a comment\n---\n')).toMatchObject({ data: {}, problems: [] })
})

test('finds the line of every key and list item, in the file and not in the YAML', () => {
  const { lineOf } = read('\n---\na: 1\negress:\n  routes:\n    - host: x\n    - host: y\n      ports: [1]\n---\n')
  expect(lineOf(['a'])).toBe(3)
  expect(lineOf(['egress', 'routes', 1, 'host'])).toBe(7)
  expect(lineOf(['egress', 'routes', 1, 'ports'])).toBe(8)
  expect(lineOf(['egress', 'routes', 0, 'not-there'])).toBe(6)
})

test.each([
  ['an end that is missing', '---\na: 1\n', 1, 'has no end', 'three dashes'],
  ['a duplicate key', '---\na: 1\nb: 2\na: 3\n---', 4, 'must be unique', 'Keep one'],
  ['a code tag', '---\na: 1\nb: !!js/function "x"\n---', 3, 'Unresolved tag', 'Remove the tag'],
  ['a binary tag', '---\na: !!binary aGk=\n---', 2, 'Unresolved tag', 'Remove the tag'],
  ['a bracket that stays open', '---\na: [1, 2\nb: 1\n---', 3, 'cannot be read', 'Correct the YAML'],
  ['an unquoted question mark', '---\nenv:\n  KEY: ?\n---', 3, 'cannot be read', 'KEY: "?"'],
  ['a tab as indentation', '---\na:\n\tb: 1\n---', 3, 'cannot be read', 'spaces'],
  ['a key that is a list', '---\n? [a]\n: 1\n---', 2, 'must be strings', 'Correct'],
])('refuses %s, with its line and what to do', (_what, text, line, message, fix) => {
  const { problems, data } = read(text)
  expect(data).toEqual({})
  expect(problems[0]).toMatchObject({ line, severity: 'error', file: 'bottles/a.md' })
  expect(problems[0]!.message).toContain(message)
  expect(problems[0]!.fix).toContain(fix)
})

test.each([
  ['brackets', `a: ${'['.repeat(100_000)}`],
  ['braces', '{a: '.repeat(50_000)],
  ['dashes', `a:\n${'- '.repeat(60_000)}x`],
  ['question marks', '? '.repeat(60_000)],
  ['indentation', Array.from({ length: 500 }, (_, n) => `${' '.repeat(n)}a:`).join('\n')],
])('refuses nesting that the parser would not survive: %s', (_what, yaml) => {
  expect(read(`---\n${yaml}\n---`).problems).toMatchObject([{ message: 'The YAML is nested too deeply here.' }])
})

test('refuses a frontmatter that is far too long, and tells only the first of many mistakes', () => {
  const keys = (count: number) => Array.from({ length: count }, (_, n) => `k${n % 30_000}: 1`).join('\n')
  expect(read(`---\n${keys(30_000)}\n---`).problems).toMatchObject([{ message: expect.stringContaining('256 KiB') }])
  expect(read(`---\n${'k: 1\n'.repeat(500)}\n---`).problems).toHaveLength(20)
})

test.each([
  ['one that is not there', 'a: *b', 'no anchor for the alias *b'],
  ['one inside of itself', 'a: &a [*a]', 'or to itself'],
])('refuses an alias to %s', (_what, yaml, message) => {
  expect(read(`---\n${yaml}\n---`).problems[0]!.message).toContain(message)
})

test.each(['__proto__: {a: 1}', 'env: {__proto__: x}', '"__proto__" : 1'])(
  'no key is lost in a prototype: %s',
  (yaml) => {
    expect(read(`---\n${yaml}\n---`).problems).toMatchObject([{ line: 2, message: 'No key can be called __proto__.' }])
  },
)

test('refuses an alias bomb without expanding it', () => {
  const levels = Array.from({ length: 12 }, (_, n) => `l${n + 1}: &l${n + 1} [${Array(9).fill(`*l${n}`).join(', ')}]`)
  const { problems } = read(`---\nl0: &l0 x\n${levels.join('\n')}\n---`)
  expect(problems[0]!.message).toContain('aliases')
})

test('does not merge `<<`: what a file says is what it says', () => {
  expect(read('---\nbase: &b {x: 1}\na:\n  <<: *b\n---').data).toEqual({ base: { x: 1 }, a: { '<<': { x: 1 } } })
})

test('words that YAML 1.1 took for booleans and dates stay texts', () => {
  expect(read('---\na: yes\nb: off\nc: 2024-01-01\nd: 12:30\n---').data).toEqual({
    a: 'yes',
    b: 'off',
    c: '2024-01-01',
    d: '12:30',
  })
})
