import { stat } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { NetworkBench } from '../testing/network-bench.ts'

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
