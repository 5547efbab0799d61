import { stat } from 'node:fs/promises'
import path from 'node:path'
import { expect, test, vi } from 'vitest'
import { EGRESS, NetworkBench } from '../testing/network-bench.ts'

const NPM = '- host: registry.npmjs.org\n  matches:\n    - methods: [GET]\n'
const GITHUB =
  '- host: api.github.com\n  matches:\n    - paths:\n        - {type: prefix, value: /repos/a}\n      methods: [GET]\n'

const text = (value: string) => ({ kind: 'text', text: value }) as const

test('what was reviewed is in force, and what the operator edits leaves the provider’s route out', async () => {
  await using bench = await NetworkBench.make()
  const { slug } = await bench.launch()
  const view = bench.service.routes(slug)
  expect(view).toMatchObject({ frozen: false, status: { kind: 'in-force' }, slots: ['CLAUDE'], bottles: ['dev'] })
  expect(view.routes.map(({ host, origin }) => [host, origin.kind])).toEqual([
    ['api.anthropic.com', 'provider'],
    ['registry.npmjs.org', 'bottle'],
  ])
  expect(view.text).toBe(NPM)
})

test('the bundle’s user can read the table; the folder above is the operator’s alone', async () => {
  await using bench = await NetworkBench.make()
  const { slug } = await bench.launch()
  const mode = async (file: string) =>
    ((await stat(path.join(bench.home, 'state', slug, file))).mode & 0o777).toString(8)
  expect([await mode('egress/routes.yaml'), await mode('egress'), await mode('.')]).toEqual(['644', '755', '700'])
})

test('an edit is in force when it is answered; unchanged routes keep their origin, the others are the operator’s', async () => {
  await using bench = await NetworkBench.make()
  const { slug, bundle } = await bench.launch()
  const { digest } = bench.service.routes(slug)
  const done = await bench.service.update({ slug, digest, edit: text(`${NPM}${GITHUB}`) })
  expect(done).toMatchObject({ changes: ['api.github.com added'], tookMs: expect.any(Number), manifest: null })
  expect(done.routes.routes.map(({ host, origin }) => [host, origin.kind])).toEqual([
    ['api.anthropic.com', 'provider'],
    ['api.github.com', 'live'],
    ['registry.npmjs.org', 'bottle'],
  ])
  expect(bundle.written).toHaveLength(1)
  expect((await bench.stored(slug, 'routes')).at(-1)).toMatchObject({
    inForce: true,
    changes: ['api.github.com added'],
  })
})

test('two editors do not undo each other: who saw an older table changes nothing', async () => {
  await using bench = await NetworkBench.make()
  const { slug } = await bench.launch()
  const { digest } = bench.service.routes(slug)
  await bench.service.update({ slug, digest, edit: text('') })
  await expect(bench.service.update({ slug, digest, edit: text(NPM) })).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(bench.service.routes(slug).text).toBe('[]\n')
})

test('a table that egress refuses is taken back, and the one before stays in force', async () => {
  await using bench = await NetworkBench.make()
  const { slug, bundle } = await bench.launch()
  const before = bench.service.routes(slug)
  bundle.answers = 'bad'
  await expect(bench.service.update({ slug, digest: before.digest, edit: text('') })).rejects.toThrow('bad luck')
  expect(bench.service.routes(slug)).toEqual(before)
  expect(await bench.read(`state/${slug}/egress/routes.yaml`)).toContain('registry.npmjs.org')
})

test('while the bundle says nothing, the edit stands unconfirmed, and is confirmed when it is back', async () => {
  await using bench = await NetworkBench.make()
  const { slug, bundle } = await bench.launch()
  bundle.answers = 'nothing'
  const { digest } = bench.service.routes(slug)
  const done = await bench.service.update({ slug, digest, edit: text('') })
  expect(done).toMatchObject({ tookMs: null, routes: { status: { kind: 'unconfirmed' } } })
  bundle.answers = 'as it is'
  await bundle.start()
  expect(bench.service.routes(slug).status).toEqual({ kind: 'in-force' })
})

test.each([
  ['not YAML', '- host: [', 1],
  ['an unknown key', '- host: a.org\n  pathes: []\n', 2],
  ['a wildcard', '- host: a.org\n- host: "*.b.org"\n', 2],
  ['an address', '- host: 10.0.0.1\n', 1],
  ['a host twice', '- host: a.org\n- host: A.org\n', 2],
  ['a regex that would explode', '- host: a.org\n  matches:\n    - paths: [{type: regex, value: "(a)\\\\1"}]\n', 3],
  ['a credential over plain HTTP', '- host: a.org\n  ports: [80]\n  auth: {scheme: Bearer, token_ref: CLAUDE}\n', 3],
  ['a credential that the bottle does not have', '- host: a.org\n  auth: {scheme: Bearer, token_ref: OTHER}\n', 2],
  ['the provider’s own host', '- host: api.anthropic.com\n', 1],
  ['a detector that there is not', '- host: a.org\n  dlp: {outbound_detectors: [magic]}\n', 2],
])('%s is refused with its line, and nothing changes', async (_name, edit, line) => {
  await using bench = await NetworkBench.make()
  const { slug, bundle } = await bench.launch()
  const preview = await bench.service.preview(slug, text(edit))
  expect(preview).toMatchObject({ diff: '', problems: [{ line, fix: expect.stringMatching(/./) }] })
  const { digest } = bench.service.routes(slug)
  await expect(bench.service.update({ slug, digest, edit: text(edit) })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  expect(bundle.written).toEqual([])
})

test('allowing a refused request adds the least that lets it through', async () => {
  await using bench = await NetworkBench.make()
  const { slug } = await bench.launch()
  const allow = (host: string, value: string, port = 443) =>
    ({ kind: 'allow', host, port, methods: ['GET'], path: { type: 'exact', value } }) as const
  const { digest } = bench.service.routes(slug)
  const preview = await bench.service.preview(slug, allow('pypi.org', '/simple/'))
  expect(preview.diff).toBe(
    '--- routes\n+++ routes\n@@ -1,3 +1,8 @@\n+- host: pypi.org\n+  matches:\n+    - paths:\n+        - {type: exact, value: /simple/}\n+      methods: [GET]\n - host: registry.npmjs.org\n   matches:\n     - methods: [GET]\n',
  )
  const first = await bench.service.update({ slug, digest, edit: allow('pypi.org', '/simple/') })
  const again = await bench.service.update({ slug, digest: first.routes.digest, edit: allow('pypi.org', '/x', 8443) })
  expect(again.routes.routes.find(({ host }) => host === 'pypi.org')).toMatchObject({
    ports: [443, 8443],
    matches: [{ paths: [{ value: '/simple/' }] }, { paths: [{ value: '/x' }] }],
    auth: null,
  })
  const widened = await bench.service.preview(slug, allow('api.anthropic.com', '/v1/organizations'))
  expect(widened.problems[0]?.message).toContain('gets its credential')
})

test('the same change goes into the bottle file as it was shown, and not into another version of it', async () => {
  await using bench = await NetworkBench.make()
  const file = '---\n# mine\negress:\n  routes:\n    - host: registry.npmjs.org # reads\n---\nNotes\n'
  await bench.write('bottles/dev.md', file)
  const { slug } = await bench.launch()
  const edit = text(`${NPM}${GITHUB}`)
  const { manifest } = await bench.service.preview(slug, edit, 'dev')
  expect(manifest).toMatchObject({
    file: 'bottles/dev.md',
    diff: expect.stringContaining('+    - host: api.github.com'),
  })
  expect(await bench.read('bottles/dev.md')).toBe(file)

  const { digest } = bench.service.routes(slug)
  await bench.write('bottles/dev.md', file.replace('mine', 'yours'))
  const update = () =>
    bench.service.update({ slug, digest, edit, manifest: { bottle: 'dev', digest: manifest!.digest } })
  await expect(update()).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(bench.service.routes(slug).digest).toBe(digest)

  await bench.write('bottles/dev.md', file)
  expect((await update()).manifest?.diff).toBe(manifest!.diff)
  const written = await bench.read('bottles/dev.md')
  expect(written).toContain('# mine')
  expect(written).toContain('- host: registry.npmjs.org # reads\n    - host: api.github.com\n')
})

test('freezing closes one bottle or all, keeps the routes, and survives the server', async () => {
  await using bench = await NetworkBench.make()
  const { slug } = await bench.launch()
  const { slug: other } = await bench.launch('other-abcde')
  expect(await bench.service.freeze(slug, true)).toMatchObject([{ slug, frozen: true, problem: null }])
  expect(bench.registry.view(slug).egress?.frozen).toBe(true)
  expect(bench.registry.view(other).egress?.frozen).toBe(false)

  await bench.restart()
  expect(bench.service.routes(slug)).toMatchObject({ frozen: true, text: NPM, status: { kind: 'in-force' } })
  expect(bench.registry.view(slug).egress?.frozen).toBe(true)
  expect((await bench.service.freeze(null, true)).map(({ frozen }) => frozen)).toEqual([true, true])
  expect((await bench.service.freeze(null, false)).map(({ frozen }) => frozen)).toEqual([false, false])
  expect(bench.service.routes(other)).toMatchObject({ frozen: false, text: NPM })
})

test('freezing what is not up says so, and does not keep the others from being closed', async () => {
  await using bench = await NetworkBench.make()
  const { slug } = await bench.launch()
  bench.service.down(slug)
  expect(await bench.service.freeze(slug, true)).toMatchObject([
    { slug, frozen: false, problem: expect.stringContaining('up') },
  ])
})

test('what the bundle told while no server listened is read once, and nothing twice', async () => {
  await using bench = await NetworkBench.make()
  const { slug, bundle } = await bench.launch()
  bundle.audit({ path: '/one' })
  bundle.tell({ kind: 'daemon', name: 'egress', state: 'down', restarts: 1, why: 'it fell' })
  bench.service.down(slug)
  bundle.audit({ path: '/two' })
  await bench.restart()
  bundle.audit({ path: '/three' })
  const { requests } = await bench.service.page(slug, { limit: 10 })
  expect(requests.map(({ path }) => path)).toEqual(['/three', '/two', '/one'])
  expect(await bench.stored(slug, 'bundle')).toMatchObject([{ daemon: 'egress', state: 'down', why: 'it fell' }])
})

test('the overview sees refusals and the last probe', async () => {
  await using bench = await NetworkBench.make()
  const { slug, bundle } = await bench.launch()
  bundle.audit({ outcome: 'refused', rule: 'not-listed', at: Date.now() })
  await bench.service.page(slug, { limit: 1 })
  bench.service.probed(slug, 'red')
  expect(bench.registry.view(slug).egress).toEqual({ frozen: false, probe: 'red', refused: 1, perMinute: 1 })
})

test('what the boundary probe asks for is not counted as the agent’s', async () => {
  await using bench = await NetworkBench.make()
  const { slug, bundle } = await bench.launch()
  const refused = { outcome: 'refused', method: 'CONNECT', rule: 'not-listed', at: Date.now() } as const
  bundle.audit({ ...refused, host: 'unlisted.bot-bottle.invalid', port: 9 })
  bundle.audit({ ...refused, host: '127.0.0.1', port: 9, rule: 'address-literal' })
  bundle.audit({ ...refused, host: '127.0.0.1', port: 443, rule: 'address-literal' })
  const { requests } = await bench.service.page(slug, { limit: 5 })
  expect(requests.map(({ host, port }) => `${host}:${port}`)).toEqual(['127.0.0.1:443'])
})

test('a plan whose routes egress would refuse is not launched', async () => {
  await using bench = await NetworkBench.make()
  const { plan } = await bench.launch()
  const [route] = plan.egress.routes
  const twice = { ...plan, egress: { ...plan.egress, routes: [route!, route!] } }
  await expect(bench.service.prepare(twice)).rejects.toThrow('nothing was launched')
})

test('a bottle that is let go of while its past is read is not followed', async () => {
  await using bench = await NetworkBench.make()
  const { slug, bundle } = await bench.launch()
  const up = bench.up(slug)
  bench.service.down(slug)
  await up
  expect(() => bench.service.routes(slug)).toThrow('can be seen and changed while it is up')
  bundle.audit()
  expect((await bench.service.page(slug, { limit: 5 })).requests).toEqual([])
  expect(bench.registry.view(slug).egress).toBeNull()
})

test('freezing all holds for a bottle that is on its way, and for those that are launched afterwards', async () => {
  await using bench = await NetworkBench.make()
  const { slug: first } = await bench.launch('first-abcde')
  const onItsWay = await bench.prepare('second-abcde')
  await bench.service.freeze(null, true)
  expect(await bench.read(`state/${onItsWay}/egress/routes.yaml`)).toContain('frozen: true')
  await bench.restart()
  expect(bench.service.allFrozen).toBe(true)
  const { slug: later } = await bench.launch('later-abcde')
  expect(bench.service.routes(later).frozen).toBe(true)
  expect(bench.registry.view(later).egress?.frozen).toBe(true)
  // One that the operator opens is open; with the last of them all are meant.
  await bench.service.freeze(later, false)
  expect(bench.service.allFrozen).toBe(true)
  await bench.service.freeze(first, false)
  expect(bench.service.allFrozen).toBe(false)
  const { slug: last } = await bench.launch('last-abcde')
  expect(bench.service.routes(last).frozen).toBe(false)
})

test('a bundle that is killed comes back with what is known of its secrets, and the bottle shows it meanwhile', async () => {
  await using bench = await NetworkBench.make()
  bench.secrets = { ...bench.secrets, tokens: new Map([['CLAUDE', 'value']]), secrets: new Map([['NPM', 'other']]) }
  const { slug, bundle } = await bench.launch()
  const egress = () => bench.registry.view(slug).egress
  bundle.end()
  await vi.waitFor(() => expect(egress()?.down).toEqual({ again: true, why: 'it was killed (SIGKILL)' }))
  expect(bench.service.routes(slug).status).toEqual({ kind: 'unconfirmed' })
  await vi.waitFor(() => expect(egress()?.down).toBeUndefined(), { timeout: 5_000 })
  const handed = bundle.handed.at(-1)!
  expect([handed.how, ...handed.tokens, ...handed.secrets]).toEqual(['start', ['CLAUDE', 'value'], ['NPM', 'other']])
  expect(bench.service.routes(slug).status).toEqual({ kind: 'in-force' })
  expect((await bench.stored(slug, 'bundle')).map(({ state }) => state)).toEqual(['down', 'up'])
})

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
