import { expect, test } from 'vitest'
import { freezable } from './freezable.ts'

test('a machine made from an artifact can be frozen by every version', () => {
  expect(freezable('pack', '0.8.0')).toEqual({})
  expect(freezable('pack', '1.1.2')).toEqual({})
})

test('one made from an archive cannot up to 1.9.3, and the plan says so with what to do', () => {
  for (const version of ['1.1.3', '1.9.3'] as const)
    expect(freezable('archive', version).cannotFreeze).toMatch(`smolvm ${version} makes its machines from an archive`)
  expect(freezable('archive', '1.10.0')).toEqual({})
})
