import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { unifiedDiff } from './line-diff.ts'

const text = (...lines: string[]) => lines.map((line) => `${line}\n`).join('')

test('equal texts have no difference', () => expect(unifiedDiff('a\n', 'a\n', 'f')).toBe(''))

test('shows changes with their surroundings, and joins those that touch', () => {
  const before = text('1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', '13', '14')
  const after = text('1', 'two', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', '13', '14', '15')
  expect(unifiedDiff(before, after, 'routes')).toBe(
    text(
      '--- routes',
      '+++ routes',
      '@@ -1,5 +1,5 @@',
      ' 1',
      '-2',
      '+two',
      ' 3',
      ' 4',
      ' 5',
      '@@ -12,3 +12,4 @@',
      ' 12',
      ' 13',
      ' 14',
      '+15',
    ),
  )
})

test.each([
  ['nothing before', '', text('a', 'b')],
  ['nothing after', text('a', 'b'), ''],
  ['moved lines', text('a', 'b', 'c', 'd', 'e'), text('c', 'a', 'b', 'x', 'e')],
  ['repeated lines', text('x', 'x', 'y', 'x'), text('x', 'y', 'x', 'x', 'x')],
])('what it says turns one text into the other: %s', (_name, before, after) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'diff-'))
  try {
    writeFileSync(path.join(folder, 'f'), before)
    const patched = spawnSync('git', ['apply', '--unidiff-zero', '-p0', '-'], {
      cwd: folder,
      input: unifiedDiff(before, after, 'f'),
      env: { ...process.env, GIT_CEILING_DIRECTORIES: path.dirname(folder) },
      encoding: 'utf8',
    })
    expect(patched.stderr).toBe('')
    const { status, stdout } = spawnSync('cat', [path.join(folder, 'f')], { encoding: 'utf8' })
    expect([status, stdout]).toEqual([0, after])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
