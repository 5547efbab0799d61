import { expect, test, vi } from 'vitest'
import type { FakeBundle } from '../testing/fake-bundle.ts'
import { EGRESS, NetworkBench } from '../testing/network-bench.ts'

test.each([
  ['killed', (bundle: FakeBundle) => bundle.end(), 'it was killed (SIGKILL)'],
  ['removed', (bundle: FakeBundle) => bundle.remove(), 'its container was removed'],
])(
  'a bundle that is %s comes back with what is known of its secrets, and the bottle shows it meanwhile',
  async (_, end, why) => {
    await using bench = await NetworkBench.make()
    bench.secrets = { ...bench.secrets, tokens: new Map([['CLAUDE', 'value']]), secrets: new Map([['NPM', 'other']]) }
    const { slug, bundle } = await bench.launch()
    const egress = () => bench.registry.view(slug).egress
    end(bundle)
    await vi.waitFor(() => expect(egress()?.down).toEqual({ again: true, why }))
    expect(bench.service.routes(slug).status).toEqual({ kind: 'unconfirmed' })
    await vi.waitFor(() => expect(egress()?.down).toBeUndefined(), { timeout: 5_000 })
    const handed = bundle.handed.at(-1)!
    expect([handed.how, ...handed.tokens, ...handed.secrets]).toEqual(['start', ['CLAUDE', 'value'], ['NPM', 'other']])
    expect(bench.service.routes(slug).status).toEqual({ kind: 'in-force' })
    expect((await bench.stored(slug, 'bundle')).map(({ state }) => state)).toEqual(['down', 'up'])
  },
)

test('a bundle that gave up is left to the operator, with its own words', async () => {
  await using bench = await NetworkBench.make()
  const { slug, bundle } = await bench.launch()
  const egress = () => bench.registry.view(slug).egress
  const starts = bundle.handed.length
  bundle.tell({ kind: 'ended', failed: true, why: 'egress died five times within a minute (fell).' })
  bundle.end(true, 'it ended with code 1')
  await vi.waitFor(() => expect(egress()?.down).toEqual({ again: false, why: expect.stringContaining('five times') }))
  await expect(bench.service.probe(slug)).rejects.toMatchObject({ code: 'CONFLICT' })
  await bench.restart()
  await vi.waitFor(() => expect(egress()?.down).toEqual({ again: false, why: expect.stringContaining('five times') }))
  expect(bundle.handed).toHaveLength(starts)
  bundle.failures = 1
  await expect(bench.service.restartBundle(slug)).rejects.toThrow('does not come up')
  await bench.service.restartBundle(slug)
  expect(egress()?.down).toBeUndefined()
  await expect(bench.service.restartBundle(slug)).rejects.toThrow('up already')
})

test('a login that was renewed reaches egress and the guest without a restart, after a 401', async () => {
  await using bench = await NetworkBench.make()
  const slot = { slot: 'codex-login', source: { kind: 'host-login', provider: 'codex', file: '~/.codex/auth.json' } }
  bench.secrets = { ...bench.secrets, tokens: new Map([['codex-login', 'first']]) }
  const { slug, bundle } = await bench.launch('codex-abcde', { ...EGRESS, slots: [slot as never] })
  await vi.waitFor(() => expect(bundle.handed.at(-1)).toMatchObject({ how: 'renew' }))
  const logins = [{ path: '/home/node/.codex/auth.json', content: '{}', mode: 0o600 }]
  bench.secrets = { ...bench.secrets, tokens: new Map([['codex-login', 'second']]), logins }
  await vi.waitFor(() => {
    bundle.audit({ status: 401, slot: 'codex-login' })
    expect([...bundle.handed.at(-1)!.tokens]).toEqual([['codex-login', 'second']])
  })
  expect(bundle.handed.at(-1)).toMatchObject({ how: 'renew' })
  await vi.waitFor(() => expect(bench.guestFiles).toEqual([logins]))
  expect(bench.registry.view(slug).egress?.notices).toBeUndefined()
})

test('what cannot be had again is told: what is neither masked nor looked for, and which requests are refused', async () => {
  await using bench = await NetworkBench.make()
  const { slug, bundle } = await bench.launch()
  const typed = { name: 'KEY', kind: 'typed', why: 'KEY was typed at launch.' } as const
  const gone = { name: 'CLAUDE', kind: 'credential', why: 'CLAUDE is not set.' } as const
  bench.secrets = { ...bench.secrets, missing: [typed, gone] }
  bundle.now = { kind: 'guarding', given: ['KEY', 'CLAUDE'], since: 0 }
  await bench.restart()
  const notices = () => bench.registry.view(slug).egress?.notices
  await vi.waitFor(() => expect(notices()).toEqual([expect.stringMatching(/^KEY.*masked.*still looks for it/)]))
  bundle.end()
  await vi.waitFor(
    () =>
      expect(notices()).toEqual([
        expect.stringMatching(/^KEY.*no longer looks for its value/),
        expect.stringMatching(/^CLAUDE is not set.*requests that need the credential CLAUDE are refused/),
      ]),
    { timeout: 5_000 },
  )
})
