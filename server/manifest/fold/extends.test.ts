import { expect, test } from 'vitest'
import type { ManifestName } from '../../contract/ids.ts'
import { manifest } from '../../testing/temp-home.ts'
import { parseBottle } from '../parse/bottle-file.ts'
import { lineage } from './extends.ts'

const ASKED = { file: 'agents/dev.md', path: 'bottle', line: () => 2 }

/** Folds bottles given as `name: what it extends`. */
const of = (names: readonly string[], files: Readonly<Record<string, string>>) =>
  lineage(
    names,
    async (name) =>
      files[name] === undefined
        ? null
        : parseBottle(name as ManifestName, `bottles/${name}.md`, manifest(`supervise: true\nextends: ${files[name]}`)),
    ASKED,
  )
const order = async (...args: Parameters<typeof of>) => (await of(...args)).files.map((file) => file.name)

test('parents come before their child, from left to right, theirs before them', async () => {
  expect(await order(['app'], { app: '[left, right]', left: 'base', right: '[]', base: '[]' })).toEqual([
    'base',
    'left',
    'right',
    'app',
  ])
})

test('several bottles are folded in the order in which they were chosen', async () => {
  expect(await order(['b', 'a'], { a: '[]', b: '[]' })).toEqual(['b', 'a'])
})

test('a parent of two bottles is folded again before the second, so that what is later wins', async () => {
  expect(await order(['one', 'two'], { one: 'base', two: 'base', base: '[]' })).toEqual(['base', 'one', 'base', 'two'])
})

test.each([
  ['itself', ['a'], { a: 'a' }, 'The bottle a extends itself: a → a.', 'bottles/a.md'],
  ['a circle', ['a'], { a: 'b', b: 'c', c: 'a' }, 'in a circle: a → b → c → a.', 'bottles/c.md'],
  ['a circle further up', ['x'], { x: 'a', a: 'b', b: 'a' }, 'in a circle: x → a → b → a.', 'bottles/b.md'],
  ['a missing parent', ['a'], { a: 'b', b: 'gone' }, 'There is no bottle named gone (a → b → gone).', 'bottles/b.md'],
])(
  '%s is an error that shows the chain, at the file and line that closes it',
  async (_what, names, files, message, file) => {
    const { problems } = await of(names, files)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ file, line: 3, path: 'extends' })
    expect(problems[0]!.message).toContain(message)
  },
)

test('a missing bottle is told where it was asked for', async () => {
  expect((await of(['gone'], {})).problems).toMatchObject([
    { ...ASKED, line: 2, message: 'There is no bottle named gone.' },
  ])
})

test('a broken parent is told once, however many ways lead to it', async () => {
  const { problems } = await of(['one', 'two'], { one: 'base', two: 'base', base: '{}' })
  expect(problems).toHaveLength(1)
  expect(problems[0]!.file).toBe('bottles/base.md')
})

test('parents that multiply are refused instead of folded for ever', async () => {
  const doubling = Object.fromEntries(
    Array.from({ length: 40 }, (_, n) => [`b${n}`, n === 0 ? '[]' : `[b${n - 1}, b${n - 1}]`]),
  )
  const { problems } = await of(['b39'], doubling)
  expect(problems).toMatchObject([{ message: expect.stringContaining('More than 500 bottles') }])
})
