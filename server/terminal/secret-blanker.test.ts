import { expect, test } from 'vitest'
import { SecretBlanker } from './secret-blanker.ts'

const SECRET = 'tok-12345'

test('a secret becomes as many stars as it has characters', () => {
  expect(new SecretBlanker([SECRET]).whole(`a ${SECRET} b`)).toBe('a ********* b')
})

test('a secret in two pieces of a stream is found, wherever it is cut', () => {
  const text = `before ${SECRET} after`
  for (let cut = 0; cut <= text.length; cut++) {
    const blanker = new SecretBlanker([SECRET])
    const seen = blanker.stream(text.slice(0, cut)) + blanker.stream(text.slice(cut)) + blanker.rest()
    expect(seen).toBe('before ********* after')
  }
})

test('what only begins like a secret is not lost', () => {
  const blanker = new SecretBlanker([SECRET])
  expect(blanker.stream('tok-12') + blanker.stream('99') + blanker.rest()).toBe('tok-1299')
})

test('what comes behind the last secret is free of them', () => {
  const behind = new SecretBlanker([SECRET]).behindLast(Buffer.from(`x ${SECRET} y ${SECRET} z`))
  expect(behind.toString()).toBe(' z')
})

test('short values are left alone: they would blank out everything', () => {
  expect(new SecretBlanker(['1', '']).whole('1 1 1')).toBe('1 1 1')
})
