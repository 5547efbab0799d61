import { expect, test } from 'vitest'
import { failureOf } from './app-failure'

const changes = [{ path: 'egress.routes', kind: 'added', after: 'x' }]

test('facts come through over HTTP', () => {
  const error = Object.assign(new Error('Changed.'), { data: { code: 'CONFLICT', details: { changes } } })
  expect(failureOf(error)).toEqual({ code: 'CONFLICT', message: 'Changed.', problems: [], changes })
})

test('facts come through in process', () => {
  const cause = Object.assign(new Error('Changed.'), { data: { changes } })
  const error = Object.assign(new Error('Changed.', { cause }), { code: 'CONFLICT' })
  expect(failureOf(error)).toMatchObject({ code: 'CONFLICT', changes })
})

test('a server that is away is told in words', () => {
  expect(failureOf(new TypeError('Failed to fetch'))).toMatchObject({
    code: null,
    message: expect.stringContaining('did not answer'),
  })
})
