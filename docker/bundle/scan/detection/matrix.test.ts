import { describe, expect, test } from 'vitest'
import { KnownValues } from '../known-values.ts'
import { scanOutbound } from '../scan.ts'
import { Dice } from './dice.ts'
import { type Hide, SEEN, SEEN_OF_KNOWN } from './encodings.ts'
import { TOKEN_KINDS } from './token-kinds.ts'

// The least that is promised: each kind of token in each encoding. bench/detection.bench.ts prints the same beside
// other scanners. With fixed seeds, so that what fails once fails again.
const TIMEOUT = 120_000
const NOTHING = new KnownValues([])
const tokens = Object.entries(TOKEN_KINDS).map(([id, [make]]) => ({ id, token: make!(new Dice(11)) }))
const found = (hide: Hide, token: string, known: KnownValues, detectors: readonly string[]) =>
  scanOutbound({ host: 'api.test', ...hide(token) }, known, detectors, false).findings.map(({ detector }) => detector)

describe('every kind of token is found', () => {
  test.each(Object.entries(SEEN))(
    '%s',
    (_, hide) => {
      const missed = tokens.filter(({ id, token }) => !found(hide, token, NOTHING, ['token_patterns']).includes(id))
      expect(missed.map(({ id }) => id)).toEqual([])
    },
    TIMEOUT,
  )
})

describe('a known value is found', () => {
  // Short, long, with separators of its own, and with little variety.
  const KINDS = ['anthropic-key', 'github-token', 'aws-access-key', 'sendgrid-key', 'twilio-key', 'google-api-key']
  const values = tokens
    .filter(({ id }) => KINDS.includes(id))
    .map(({ id, token }) => ({ id, token, known: new KnownValues([{ name: 'MINE', value: token }]) }))
  test.each(Object.entries({ ...SEEN, ...SEEN_OF_KNOWN }))(
    '%s',
    (_, hide) => {
      const missed = values.filter(({ token, known }) => !found(hide, token, known, ['known_secrets']).includes('MINE'))
      expect(missed.map(({ id }) => id)).toEqual([])
    },
    TIMEOUT,
  )
})
