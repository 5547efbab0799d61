import { expect, test } from 'vitest'
import { type BottleSlug, bottleSlug } from '../contract/ids.ts'
import { readLabel } from './label.ts'
import { nameRun, slugify } from './slug.ts'

const run = { agent: 'claude', label: null, draw: 'x7k2p', taken: new Set<string>() }

test('a run without a label is called after its agent and the draw', () => {
  expect(nameRun(run)).toBe('claude-x7k2p')
  expect(nameRun({ ...run, agent: 'My_Agent.v2' })).toBe('my-agent-v2-x7k2p')
})

test('a run with a label is called after it', () => {
  expect(nameRun({ ...run, label: 'Fix the Login!' })).toBe('fix-the-login')
  expect(nameRun({ ...run, label: 'Größe  naïve — ½' })).toBe('gro-e-naive-1-2')
})

test('a label without a letter or digit falls back to the agent', () => {
  expect(nameRun({ ...run, label: '🚀 🚀' })).toBe('claude-x7k2p')
})

test('a taken slug is made unique, within the length of a slug', () => {
  expect(nameRun({ ...run, label: 'fix', taken: new Set(['fix']) })).toBe('fix-2')
  expect(nameRun({ ...run, label: 'fix', taken: new Set(['fix', 'fix-2', 'fix-3']) })).toBe('fix-4')
  const long = 'a'.repeat(40)
  expect(nameRun({ ...run, label: long, taken: new Set([long]) })).toBe(`${'a'.repeat(38)}-2`)
})

test('a plan that is resolved again keeps its slug unless somebody took it', () => {
  const before = 'claude-first' as BottleSlug
  expect(nameRun({ ...run, before })).toBe('claude-first')
  expect(nameRun({ ...run, before, taken: new Set(['claude-first']) })).toBe('claude-x7k2p')
})

test('every slug is one, whatever the names are', () => {
  const odd = [
    '-',
    '--a--b--',
    'A'.repeat(200),
    '0',
    'a-'.repeat(30),
    'ﬁ',
    'İ',
    '\u0301',
    '。',
    'x--y',
    `${'b'.repeat(39)}-c`,
  ]
  for (const label of odd) {
    for (const agent of odd) {
      for (const taken of [[], [slugify(label, 40)], [slugify(label, 40), `${slugify(label, 38)}-2`]]) {
        expect(bottleSlug.safeParse(nameRun({ ...run, agent, label, taken: new Set(taken) })).success).toBe(true)
      }
    }
  }
})

test('a label is trimmed, and nothing is no label', () => {
  expect(readLabel('  fix login ')).toBe('fix login')
  expect(readLabel('   ')).toBeNull()
  expect(readLabel(undefined)).toBeNull()
})

test('a label of 300 characters is refused with the limit', () => {
  expect(() => readLabel('x'.repeat(300))).toThrow('The label has 300 characters; at most 80 fit. Shorten it.')
  expect(readLabel('🚀'.repeat(80))).toBe('🚀'.repeat(80))
})

test.each(['a\nb', 'a\u0000', 'safe\u202Eelif', 'a\u200Bb', 'a\u2028b'])(
  'a label with hidden characters is refused: %j',
  (label) => {
    expect(() => readLabel(label)).toThrow('invisible or control')
  },
)
