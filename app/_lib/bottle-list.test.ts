import { expect, test } from 'vitest'
import type { ManifestName } from '@/server/contract/ids.ts'
import { bottleName, grouped, inOrder, matching, summary } from './bottle-list'
import { aBottle } from './testing-bottle'

const bottles = [
  aBottle({ slug: 'done', state: 'exited', exitCode: 0, createdAt: 9 }),
  aBottle({ slug: 'old', createdAt: 1 }),
  aBottle({ slug: 'new', createdAt: 5, agent: 'writer' as ManifestName, label: 'Sweep the docs' }),
  aBottle({ slug: 'asks', state: 'needs-you', createdAt: 0 }),
  aBottle({ slug: 'broke', state: 'failed', createdAt: 8 }),
  aBottle({ slug: 'begins', state: 'launching', createdAt: 2 }),
]
const slugs = (list: readonly { slug: string }[]) => list.map((bottle) => bottle.slug)

test('what needs the operator comes first, what is over last, newest first among equals', () => {
  expect(slugs(inOrder(bottles))).toEqual(['asks', 'begins', 'new', 'old', 'broke', 'done'])
})

test('a filter finds every word, in label, agent or state', () => {
  expect(slugs(matching(bottles, 'docs WRITER'))).toEqual(['new'])
  expect(slugs(matching(bottles, 'needs'))).toEqual(['asks'])
  expect(matching(bottles, '  ')).toBe(bottles)
  expect(matching(bottles, 'docs fixer')).toEqual([])
})

test('groups stand in the order of their most important bottle', () => {
  expect(grouped(bottles, 'agent').map(({ title, bottles }) => [title, slugs(bottles)])).toEqual([
    ['fixer', ['asks', 'begins', 'old', 'broke', 'done']],
    ['writer', ['new']],
  ])
  expect(grouped(bottles, 'state').map(({ title }) => title)).toEqual([
    'Need you',
    'Launching',
    'Running',
    'Failed',
    'Finished',
  ])
  expect(grouped([], 'none')).toEqual([])
})

test('the summary leaves out what there is none of', () => {
  expect(summary(bottles)).toBe('2 running · 1 needs you · 1 launching · 1 failed')
  expect(summary([])).toBe('')
  expect(summary([aBottle({ slug: 'old', state: 'stopped' })])).toBe('None running')
})

test('a label that is only blanks or controls is no name', () => {
  expect(bottleName(aBottle({ slug: 'web', label: ' \u202e\n' }))).toBe('web')
})

test('a boundary that does not hold comes before everything', () => {
  const red = aBottle({ slug: 'leaks', egress: { frozen: false, probe: 'red', refused: 3, perMinute: 0 } })
  const frozen = aBottle({ slug: 'cold', egress: { frozen: true, probe: 'green', refused: 0, perMinute: 0 } })
  expect(slugs(inOrder([...bottles, red]))[0]).toBe('leaks')
  expect(grouped([red, frozen], 'state').map(({ title }) => title)).toEqual(['Egress closed', 'Running'])
  expect(summary([red, frozen])).toBe('1 egress closed · 2 running · 1 closed by you')
  expect(slugs(matching([red, frozen], 'closed by you'))).toEqual(['cold'])
})
