import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { cruise } from 'dependency-cruiser'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { boundaries } from '../.dependency-cruiser.mjs'

/** For each rule one file that breaks it, and what that file imports. @type {Record<string, [string, string]>} */
const breaches = {
  'no-cycles': ['server/lib/egg.ts', './hen.ts'],
  'everything-resolves': ['server/lib/lost.ts', './nowhere.ts'],
  'planning-touches-nothing': ['server/backends/docker/plan.ts', './by-way-of.ts'],
  'pages-see-only-the-contract': ['app/page.tsx', '../server/errors.ts'],
  'pages-know-procedures-as-types': ['app/calls.tsx', '../server/trpc/router.ts'],
  'server-knows-no-page': ['server/guard.ts', '../app/page.tsx'],
  'contract-knows-nobody': ['server/contract/views.ts', '../errors.ts'],
  'lib-knows-nobody': ['server/lib/scope.ts', '../contract/ids.ts'],
  'manifest-knows-files-only': ['server/manifest/resolve.ts', '../bottles/service.ts'],
  'providers-know-no-backend': ['server/providers/shell/provision.ts', '../../backends/docker/index.ts'],
  'sidecars-know-no-backend': ['server/sidecars/egress/start.ts', '../../backends/docker/index.ts'],
  'the-bundle-is-met-in-one-room': ['server/backends/docker/early.ts', '../../../docker/bundle/egress/table.ts'],
  'sidecars-take-pure-parts-of-the-bundle': [
    'server/sidecars/egress/more.ts',
    '../../../docker/bundle/egress/proxy.ts',
  ],
  'network-knows-no-backend': ['server/network/reach.ts', '../backends/docker/index.ts'],
  'events-know-no-bottle': ['server/events/log.ts', '../bottles/service.ts'],
  'bottles-know-no-backend': ['server/bottles/service.ts', '../backends/docker/index.ts'],
  'backends-do-not-know-who-asks': ['server/backends/docker/launch.ts', '../../events/log.ts'],
  'backends-have-one-door': ['server/runtime.ts', './backends/docker/names.ts'],
  'backends-know-not-each-other': ['server/backends/smolmachines/plan.ts', '../docker/names.ts'],
  'docker-is-spoken-in-one-folder': ['server/system/doctor.ts', 'dockerode'],
  'engine-knows-no-backend': ['server/engine/docker.ts', '../backends/docker/index.ts'],
  'images-know-the-engine': ['server/images/agent-image.ts', '../bottles/service.ts'],
  'guest-knows-no-engine': ['server/guest/trust.ts', '../engine/names.ts'],
  'bundle-knows-no-backend': ['server/bundle/start.ts', '../backends/docker/index.ts'],
  'what-acts-is-asked-through-a-backend': ['server/system/short-cut.ts', '../engine/names.ts'],
  'the-database-has-few-doors': ['server/system/rows.ts', '../../prisma/generated/client.ts'],
  'only-the-runtime-knows-all': ['server/system/reach.ts', '../runtime.ts'],
  'bundle-knows-the-contract-only': ['docker/bundle/egress/proxy.ts', '../../../server/errors.ts'],
  'product-knows-no-test': ['server/system/fake.ts', '../testing/fake.ts'],
  'product-runs-without-development-packages': ['server/system/late.ts', 'esbuild'],
}

/** What the breaches need to be there. */
const surroundings = {
  'package.json': JSON.stringify({ dependencies: { dockerode: '1' }, devDependencies: { esbuild: '1' } }),
  'tsconfig.json': JSON.stringify({ compilerOptions: { module: 'esnext', moduleResolution: 'bundler' } }),
  'node_modules/dockerode/index.js': 'module.exports = {}',
  'node_modules/dockerode/package.json': '{"name":"dockerode","main":"index.js"}',
  'node_modules/esbuild/index.js': 'module.exports = {}',
  'node_modules/esbuild/package.json': '{"name":"esbuild","main":"index.js"}',
  'server/lib/hen.ts': "import './egg.ts'\nexport const hen = 1\n",
  'server/backends/docker/by-way-of.ts': "import './writes.ts'\nexport const way = 1\n",
  'server/backends/docker/writes.ts':
    "import { writeFile } from 'node:fs/promises'\nexport const save = () => writeFile('a', 'b')\n",
  'server/backends/docker/names.ts': 'export const names = 1\n',
  'server/engine/names.ts': 'export const names = 1\n',
  'server/backends/docker/index.ts': "import './writes.ts'\nexport const docker = 1\n",
  'server/errors.ts': 'export const errors = 1\n',
  'server/trpc/router.ts': 'export const router = 1\n',
  'server/contract/ids.ts': 'export const ids = 1\n',
  'server/testing/fake.ts': 'export const fake = 1\n',
  'prisma/generated/client.ts': 'export const client = 1\n',
  'docker/bundle/egress/table.ts': 'export const table = 1\n',
  // What is allowed: it must not be reported.
  'server/sidecars/egress/table-file.ts': "export * from '../../../docker/bundle/egress/table.ts'\n",
  'app/allowed.tsx':
    "import type { router } from '../server/trpc/router.ts'\nimport { ids } from '../server/contract/ids.ts'\nexport const page: typeof router = ids\n",
  'server/main.ts': "import './runtime.ts'\nexport {}\n",
  'server/system/doctor.test.ts': "import '../testing/fake.ts'\nimport 'esbuild'\n",
}

let folder = ''
/** @type {{ rule: string, from: string }[]} */
let found = []

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'boundaries-'))
  const write = (/** @type {string} */ file, /** @type {string} */ text) => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
    writeFileSync(path.join(folder, file), text)
  }
  for (const [file, text] of Object.entries(surroundings)) write(file, text)
  for (const [from, to] of Object.values(breaches)) write(from, `import * as it from '${to}'\nexport const use = it\n`)
  const { forbidden, options } = boundaries(folder)
  const { tsConfig, ...rest } = options ?? {}
  const result = await cruise(['app', 'server', 'docker'], {
    ...rest,
    baseDir: folder,
    validate: true,
    ruleSet: { forbidden: forbidden ?? [] },
  })
  if (typeof result.output === 'string') throw new Error(result.output)
  found = result.output.summary.violations.map(({ rule, from }) => ({ rule: rule.name, from }))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('every rule has a breach here', () => {
  const rules = boundaries(folder).forbidden ?? []
  expect(Object.keys(breaches).sort()).toEqual(rules.map(({ name }) => name).sort())
})

test.each(Object.entries(breaches))('%s is reported where it is broken', (rule, [from]) => {
  expect(found).toContainEqual({ rule, from })
})

test('planning is stopped from reaching what acts by way of other files, from the manifest too', () => {
  const planners = found.filter(({ rule }) => rule === 'planning-touches-nothing').map(({ from }) => from)
  expect(planners).toContain('server/backends/docker/plan.ts')
  expect(planners).toContain('server/manifest/resolve.ts')
})

test('what is allowed is not reported', () => {
  const innocent = [
    'server/sidecars/egress/table-file.ts',
    'app/allowed.tsx',
    'server/main.ts',
    'server/system/doctor.test.ts',
    'server/errors.ts',
  ]
  expect(found.filter(({ from }) => innocent.includes(from))).toEqual([])
})
