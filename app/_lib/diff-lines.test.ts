import { expect, test } from 'vitest'
import { diffLines } from './diff-lines'

test('reads lines with their numbers, and leaves headers out', () => {
  const diff = [
    '--- routes',
    '+++ routes',
    '@@ -1,2 +1,3 @@',
    ' - host: a',
    '+- host: b',
    '--- dashes',
    '+++ pluses',
    '\\ No newline at end of file',
    '',
  ].join('\n')
  expect(diffLines(diff)).toEqual([
    { kind: 'same', text: '- host: a', before: 1, after: 1 },
    { kind: 'added', text: '- host: b', before: null, after: 2 },
    { kind: 'removed', text: '-- dashes', before: 2, after: null },
    { kind: 'added', text: '++ pluses', before: null, after: 3 },
  ])
})

test('a gap stands between hunks, and above one that does not begin at the top', () => {
  const kinds = diffLines('@@ -5 +5 @@\n-a\n+b\n@@ -9 +9 @@\n c').map(({ kind }) => kind)
  expect(kinds).toEqual(['gap', 'removed', 'added', 'gap', 'same'])
  expect(diffLines('')).toEqual([])
})
