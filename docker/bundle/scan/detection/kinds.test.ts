import { describe, expect, test } from 'vitest'
import { redactShapes, SHAPES, shapesIn } from '../shapes.ts'
import { Dice } from './dice.ts'
import { nearMisses } from './near-misses.ts'
import { TOKEN_KINDS } from './token-kinds.ts'

const ROUNDS = 5
const kinds = Object.entries(TOKEN_KINDS)
const tokensOf = (id: string) =>
  TOKEN_KINDS[id]!.flatMap((make) => Array.from({ length: ROUNDS }, (_, round) => make(new Dice(round + 1))))

test('every shape has tokens made for it, and every token a shape', () => {
  expect(kinds.map(([id]) => id).sort()).toEqual([...new Set(SHAPES.map(({ id }) => id))].sort())
  const unused = SHAPES.filter(({ id, anchor, pattern }) =>
    tokensOf(id).every((token) => {
      pattern.lastIndex = token.indexOf(anchor)
      return !token.includes(anchor) || !pattern.test(token)
    }),
  )
  expect(unused.map(({ id, anchor }) => `${id} ${anchor}`)).toEqual([])
})

describe.each(kinds.map(([id]) => id))('%s', (id) => {
  test('is found as its provider makes it', () => {
    for (const token of tokensOf(id)) expect([...shapesIn(token, null)], token.slice(0, 12)).toContain(id)
  })
  test('is found alone when asked for alone', () => {
    for (const token of tokensOf(id)) expect([...shapesIn(token, [id])]).toEqual([id])
  })
  test('is found glued to letters, and in the middle of a sentence', () => {
    for (const token of tokensOf(id)) {
      expect([...shapesIn(`x${token}x`, null)]).toContain(id)
      expect([...shapesIn(`Use "${token}", it works.`, null)]).toContain(id)
    }
  })
  test('is not found in what nearly is one', () => {
    for (const token of tokensOf(id)) {
      for (const shape of SHAPES.filter((each) => each.id === id && token.includes(each.anchor))) {
        for (const [what, text] of Object.entries(nearMisses(token, shape)))
          expect([...shapesIn(text, [id])], `${what}, ${shape.anchor}`).toEqual([])
      }
    }
  })
  test('leaves nothing of itself when it is replaced, and JSON stays JSON', () => {
    for (const token of tokensOf(id)) {
      const body = JSON.stringify({ messages: [{ role: 'user', content: `It is ${token} as you see.` }] })
      const clean = redactShapes(body, null, '*')
      expect([...shapesIn(clean, null)]).toEqual([])
      expect(JSON.parse(clean).messages[0].role).toBe('user')
      // The longest run of letters is the secret itself, or the largest part of it.
      const runs = JSON.stringify(token).match(/[A-Za-z0-9+/_=]{16,}/g) ?? []
      const [longest = token] = runs.sort((a, b) => b.length - a.length)
      expect(clean).not.toContain(longest.slice(-14))
    }
  })
})

test('a checksum that is wrong excuses nothing: one changed letter would be a way out', () => {
  for (const id of ['github-token', 'npm-token', 'cloudflare-token']) {
    for (const token of tokensOf(id)) {
      const changed = token.slice(0, -1) + (token.endsWith('0') ? '1' : '0')
      expect([...shapesIn(changed, null)]).toContain(id)
    }
  }
})

test('keys that documentation prints are nobody’s', () => {
  const samples = [
    `AKIA${'IOSFODNN7'}EXAMPLE`,
    `AKIA${'I44QH8DHB'}EXAMPLE`,
    `aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCY${'EXAMPLE'}KEY`,
    // The token that jwt.io shows.
    `eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.${Buffer.from('{"sub":"1234567890","name":"John Doe","iat":1516239022}').toString('base64url')}.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c`,
  ]
  for (const text of samples) expect([...shapesIn(text, null)]).toEqual([])
})

test('a key beside the word EXAMPLE is still a key', () => {
  const [token] = tokensOf('github-token')
  expect([...shapesIn(`${token}EXAMPLE`, null)]).toContain('github-token')
  expect([...shapesIn(`EXAMPLE ${tokensOf('aws-access-key')[0]} EXAMPLE`, null)]).toContain('aws-access-key')
})
