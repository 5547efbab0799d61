import { expect, test } from 'vitest'
import { PROBE_CHECKS } from '../contract/probe.ts'
import { BoundaryError, boundaryProbe, type ProbeTarget, readChecks } from './boundary-probe.ts'

const facts = {
  script: 'SCRIPT',
  tokens: new Map([['API', 'a-real-token']]),
  canary: { variable: 'BOT_BOTTLE_CANARY', value: 'c' },
  dashboardPort: 4747,
}
const target = (run: ProbeTarget['run']): ProbeTarget => ({
  run,
  pace: 'prompt',
  proxy: 'http://10.209.0.2:9099',
  subnets: ['10.209.0.0/28'],
  gateways: ['10.209.0.1'],
  peers: [],
})
const never = new AbortController().signal
const green = PROBE_CHECKS.map((name) => ({ name, result: 'green', detail: '', durationMs: 1 }))

test('a boundary is green when every check is', async () => {
  const report = await boundaryProbe(
    target(async () => JSON.stringify(green)),
    facts,
    never,
  )
  expect(report.green).toBe(true)
  expect(report.checks.map(({ name }) => name)).toEqual([...PROBE_CHECKS])
})

test('no token goes inside: its digest does', async () => {
  let script = ''
  await boundaryProbe(
    target(async (given) => {
      script = given
      return ''
    }),
    facts,
    never,
  )
  expect(script).not.toContain('a-real-token')
  expect(script).toMatch(/"sha256":"[0-9a-f]{64}","length":12/)
})

test('the addresses it must not reach are live ones', async () => {
  let listeners: string[] = []
  await boundaryProbe(
    target(async (given) => {
      listeners = JSON.parse(given.slice(given.indexOf('{'), given.indexOf('\n'))).listeners
      return ''
    }),
    facts,
    never,
  )
  expect(listeners.length).toBeGreaterThan(1)
  expect(listeners.at(-1)).toMatch(/^10\.209\.0\.1:\d+$/)
})

test.each([
  ['nothing', ''],
  ['no JSON', 'hello'],
  ['other JSON', '{"green":true}'],
  ['a check of its own making', JSON.stringify([{ name: 'all fine', result: 'green', detail: '', durationMs: 0 }])],
  ['a result of its own making', JSON.stringify(green.map((check) => ({ ...check, result: 'very green' })))],
])('a bottle that answers %s is red in every check', (_, said) => {
  expect(readChecks(said).every(({ result }) => result === 'red')).toBe(true)
})

test('a check that is left out is red, and the error names it', () => {
  const checks = readChecks(JSON.stringify(green.filter(({ name }) => name !== 'tokens')))
  expect(checks.filter(({ result }) => result === 'red').map(({ name }) => name)).toEqual(['tokens'])
  expect(new BoundaryError({ at: 0, green: false, checks, durationMs: 0 }).message).toContain('“tokens”')
})
