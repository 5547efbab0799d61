import { expect, test } from 'vitest'
import { canBeFrozen, losesFiles } from './freeze-words'
import { aBottle } from './testing-bottle'

test('a bottle can be frozen as long as its files are there', () => {
  const states = ['launching', 'running', 'needs-you', 'idle', 'exited', 'failed', 'stopping', 'stopped'] as const
  const can = states.filter((state) => canBeFrozen({ state }))
  expect(can).toEqual(['running', 'needs-you', 'idle', 'exited'])
})

test('files are lost by a resume where the agent ended after the last freeze, or was never frozen', () => {
  const ended = aBottle({ slug: 'a', state: 'exited', stateSince: 50 })
  expect(losesFiles(ended)).toBe(true)
  expect(losesFiles({ ...ended, frozen: { at: 40, bytes: 1 } })).toBe(true)
  expect(losesFiles({ ...ended, frozen: { at: 60, bytes: 1 } })).toBe(false)
  // What cannot be kept is told on the page of the plan.
  expect(losesFiles({ ...ended, cannotFreeze: 'too old' })).toBe(false)
  expect(losesFiles({ ...ended, state: 'stopped' })).toBe(false)
})
