import { expect, test } from 'vitest'
import { noticesOf } from './notices'
import { aBottle } from './testing-bottle'

const working = aBottle({ slug: 'web', label: 'Web\u202e shop' })
const asking = { ...working, state: 'needs-you' as const, evidence: 'allow api.github.com?', stateSince: 7 }

test('the first sight of the list tells nothing', () => {
  expect(noticesOf(null, [asking])).toEqual({ raise: [], withdraw: [] })
})

test('a change that matters is told once, with the same tag in every tab', () => {
  const { raise } = noticesOf([working], [asking])
  expect(raise).toMatchObject([
    { tag: 'web/needs-you/7', title: 'Web shop', body: 'Needs you · allow api.github.com?' },
  ])
  expect(noticesOf([asking], [{ ...asking, lastLine: 'more' }]).raise).toEqual([])
})

test('working, launching and stopping are nothing to tell', () => {
  expect(noticesOf([asking], [{ ...working, stateSince: 9 }])).toEqual({ raise: [], withdraw: ['web'] })
})

test('what was handled or removed is withdrawn', () => {
  expect(noticesOf([asking], []).withdraw).toEqual(['web'])
})

test('a boundary that no longer holds is told, and withdrawn once it holds', () => {
  const red = { ...working, egress: { frozen: false, probe: 'red' as const, refused: 0, perMinute: 0 } }
  expect(noticesOf([working], [red]).raise).toMatchObject([
    { body: 'Egress closed · probe failed', shape: 'broken-shield' },
  ])
  expect(noticesOf([red], [{ ...red, lastLine: 'more' }])).toEqual({ raise: [], withdraw: [] })
  expect(noticesOf([red], [working])).toEqual({ raise: [], withdraw: ['web'] })
})
