import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { readBundleInput } from './bundle-input.ts'
import { RestartPolicy } from './restart-policy.ts'
import { numberedOutput, Supervisor } from './supervisor.ts'

describe('a daemon that dies', () => {
  test('is started again later each time, and the fifth death within a minute is the last', () => {
    const policy = new RestartPolicy()
    expect([0, 1, 2, 3, 4].map((second) => policy.died(second * 1000))).toEqual([100, 400, 1600, 5000, null])
  })
  test('now and then is always started again', () => {
    const policy = new RestartPolicy()
    for (let minute = 0; minute < 20; minute++) expect(policy.died(minute * 61_000)).toBe(100)
  })
})

describe('a hand-over', () => {
  const egress = { ca: { certificate: 'c', key: 'k' }, tokens: { A: 'secret-value' }, known: [], upstreamCa: [] }
  test('is taken as it was agreed', () => {
    expect(readBundleInput(JSON.stringify({ daemons: ['egress'], egress }))).toEqual({ daemons: ['egress'], egress })
  })
  test.each([
    ['no JSON', '{"daemons": secret-value'],
    ['a daemon that is not in this image', JSON.stringify({ daemons: ['git-gate'], egress })],
    ['a daemon with nothing for it', JSON.stringify({ daemons: ['egress'] })],
    ['a key that nobody knows', JSON.stringify({ daemons: ['egress'], egress: { ...egress, more: 'secret-value' } })],
    [
      'a token that is no text',
      JSON.stringify({ daemons: ['egress'], egress: { ...egress, tokens: { A: ['secret-value'] } } }),
    ],
  ])('with %s is refused, and the reason holds no value', (_, line) => {
    expect(() => readBundleInput(line)).toThrow(/^(?!.*secret-value)/)
  })
})

describe('a renewal', () => {
  const renew = { tokens: { A: 'renewed' }, known: [{ name: 'A', value: 'renewed' }] }
  test('is taken as it was agreed', () => {
    expect(readBundleInput(JSON.stringify({ renew }))).toEqual({ renew })
  })
  test('is refused while nothing was handed over, and the reason holds no value', async () => {
    const stream = new PassThrough()
    const argv = { egress: [], 'git-gate': [], supervise: [] }
    const options = { argv, out: numberedOutput(stream), ownUsers: false, graceMs: 0, exit: () => {} }
    const supervisor = new Supervisor(options)
    supervisor.handOver(JSON.stringify({ renew }))
    await options.out.flushed()
    const text = String(stream.read())
    expect(text).toContain('"kind":"input-refused","message":"renew: nothing was handed over yet"')
    expect(text).not.toContain('renewed')
    expect(supervisor.health).toMatchObject({ handedOver: false, given: [] })
  })
})
