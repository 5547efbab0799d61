import { expect, test } from 'vitest'
import { auditLine } from '../testing/fake-bundle.ts'
import { scratchLog, slug } from '../testing/scratch-log.ts'
import { AuditStore } from './audit-store.ts'

const demo = slug('demo')

async function opened() {
  const scratch = await scratchLog()
  const audit = new AuditStore(scratch.log)
  await audit.open(demo)
  return { ...scratch, audit, [Symbol.asyncDispose]: scratch[Symbol.asyncDispose] }
}

test('requests come back newest first, page by page, each once', async () => {
  await using bench = await opened()
  for (let n = 1; n <= 450; n++) bench.audit.take(demo, n, auditLine({ outcome: 'redacted', path: `/${n}` }))
  // The rest of a batch is counted, so that there are fewer lines than requests; these come in small ones.
  await bench.audit.page(demo, { limit: 1 })
  for (let n = 451; n <= 600; n++) {
    bench.audit.take(demo, n, auditLine({ path: `/${n}` }))
    if (n % 40 === 0) await bench.audit.page(demo, { limit: 1 })
  }
  const paths: string[] = []
  let before: string | undefined
  do {
    const page = await bench.audit.page(demo, { before, limit: 37 })
    paths.push(...page.requests.map(({ path }) => path))
    before = page.next ?? undefined
  } while (before !== undefined)
  expect(paths.slice(0, 150)).toEqual(Array.from({ length: 150 }, (_, index) => `/${600 - index}`))
  expect(new Set(paths).size).toBe(paths.length)
})

test('a filter finds what is rare in a long list', async () => {
  await using bench = await opened()
  bench.audit.take(demo, 1, auditLine({ outcome: 'refused', rule: 'not-listed', host: 'evil.example' }))
  for (let n = 2; n < 3000; n++) {
    bench.audit.take(demo, n, auditLine())
    if (n % 20 === 0) await bench.audit.summary(demo)
  }
  const refused = await bench.audit.page(demo, { limit: 5, filter: { outcome: 'refused' } })
  expect(refused).toMatchObject({ requests: [{ host: 'evil.example' }], next: null })
  const host = await bench.audit.page(demo, { limit: 5, filter: { host: 'evil.example' } })
  expect(host.requests).toHaveLength(1)
})

test('a flood is counted instead of listed: few lines, every request in the sums, refusals by host and rule', async () => {
  await using bench = await opened()
  for (let n = 0; n < 20_000; n++) {
    const [outcome, host] = n % 2 === 0 ? (['allowed', 'a.org'] as const) : (['refused', `h${n}.evil`] as const)
    bench.audit.take(demo, n + 1, auditLine({ outcome, host, ...(outcome === 'refused' && { rule: 'not-listed' }) }))
  }
  const summary = await bench.audit.summary(demo)
  expect(summary).toMatchObject({ requests: 20_000, refused: 10_000, bytesUp: 200_000, lost: 0 })
  const { requests } = await bench.audit.page(demo, { limit: 500 })
  expect(requests.length).toBeLessThan(400)
  expect(requests.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(20_000)
  expect(requests.filter(({ outcome, count }) => outcome === 'refused' && count === undefined).length).toBe(200)
})

test('sums are the same after a restart of the server', async () => {
  await using bench = await opened()
  bench.audit.take(demo, 7, auditLine({ durationMs: 100 }))
  bench.audit.take(demo, 8, auditLine({ outcome: 'refused', host: 'b.org' }))
  bench.audit.lose(demo, 9, 5)
  const before = await bench.audit.summary(demo)
  bench.audit.close(demo)
  const next = new AuditStore(bench.log)
  await bench.log.flush(demo)
  expect(await next.summary(demo)).toEqual(before)
  expect(await next.lastN(demo)).toBe(9)
  expect(before).toMatchObject({ requests: 2, refused: 1, lost: 5 })
})

test('a secret in any part of a request is in no event, page or sum', async () => {
  await using bench = await opened()
  const secret = 'hunter2-hunter2'
  bench.log.mask(demo, [secret])
  const detail = { request: { query: `?k=${secret}`, headers: ['x-a', secret], body: secret } }
  bench.audit.take(demo, 1, auditLine({ host: `${secret}.evil.example`, path: `/${secret}`, message: secret, detail }))
  const page = await bench.audit.page(demo, { limit: 10 })
  const summary = await bench.audit.summary(demo)
  const stored = await bench.log.network(demo, 'egress', { limit: 10 })
  expect(page.requests).toHaveLength(1)
  expect(JSON.stringify([page, summary, stored])).not.toContain('hunter2')
})

test('a place in the list that cannot be is refused', async () => {
  await using bench = await opened()
  await expect(bench.audit.page(demo, { before: '1; DROP', limit: 1 })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
})
