import { expect, test } from 'vitest'
import { auditLine } from '../testing/fake-bundle.ts'
import { Tally } from './tally.ts'

test('latency is told within 10 %, of answered requests only', () => {
  const tally = new Tally()
  for (let ms = 1; ms <= 1000; ms++) tally.add(auditLine({ durationMs: ms }))
  for (let n = 0; n < 5000; n++) tally.add(auditLine({ outcome: 'refused', status: 403, durationMs: 0 }))
  const { latency } = tally.summary(0)
  expect(latency!.p50).toBeGreaterThan(450)
  expect(latency!.p50).toBeLessThan(550)
  expect(latency!.p99).toBeGreaterThan(890)
  expect(latency!.p99).toBeLessThan(1090)
  expect(new Tally().summary(0).latency).toBeNull()
})

test('hosts are counted apart, most asked first, and never more than 200 of them', () => {
  const tally = new Tally()
  for (let n = 0; n < 1000; n++) tally.add(auditLine({ host: `h${n}.org` }))
  for (let n = 0; n < 3; n++) tally.add(auditLine({ host: 'h7.org', bytesDown: 1 }))
  const { hosts, requests } = tally.summary(0)
  expect(hosts).toHaveLength(200)
  expect(hosts[0]).toMatchObject({ host: 'h7.org', requests: 4, bytesDown: 103 })
  expect(requests).toBe(1003)
})

test('requests per minute are those of the last 60 seconds, in whatever order they are told', () => {
  const tally = new Tally()
  const now = 1_700_000_100_000
  for (const age of [0, 30, 59, 61, 3600]) tally.add(auditLine({ at: now - age * 1000 }))
  tally.add(auditLine({ at: now, count: 10 }))
  expect(tally.perMinute(now)).toBe(13)
  expect(tally.perMinute(now + 61_000)).toBe(0)
})
