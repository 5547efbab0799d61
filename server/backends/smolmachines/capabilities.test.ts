import { expect, test } from 'vitest'
import { can, isAtLeast, limitsOf, versionIn } from './capabilities.ts'

test.each([
  ['smolvm 0.8.0\n', '0.8.0'],
  ['smolvm 1.9.3 (a1b2c3d)', '1.9.3'],
  ['smolvm v01.010.2', '1.10.2'],
  ['something else', null],
])('reads %j', (printed, version) => expect(versionIn(printed)).toBe(version))

test('compares numbers, not letters', () => {
  expect(isAtLeast('1.10.0', '1.9.3')).toBe(true)
  expect(isAtLeast('1.9.3', '1.9.3')).toBe(true)
  expect(isAtLeast('0.9.9', '1.0.0')).toBe(false)
})

test('knows where a policy is enforced, and where a machine from an artifact keeps it', () => {
  expect([can('1.1.2', 'enforcedPolicy'), can('1.1.3', 'enforcedPolicy')]).toEqual([false, true])
  expect([can('1.7.7', 'policyWithFrom'), can('1.8.0', 'policyWithFrom')]).toEqual([false, true])
})

test('says what a version lacks, and nothing of one that lacks nothing', () => {
  expect(limitsOf('0.8.0')).toHaveLength(5)
  expect(limitsOf('1.9.3')).toEqual([])
})
