import { execFileSync } from 'node:child_process'
import { chmod, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { manifest, tempHome } from '../testing/temp-home.ts'
import { createManifests } from './manifests.ts'

const listOf = (home: string, workspace?: string) => createManifests({ home }).list(workspace)

test('a home that is not there is empty', async () => {
  expect(await listOf('/nowhere/at/all')).toEqual({
    home: '/nowhere/at/all',
    empty: true,
    agents: [],
    bottles: [],
    skills: [],
    problems: [],
  })
})

test('lists agents with their provider, bottles with their routes, and skills with their description', async () => {
  await using home = await tempHome({
    'agents/dev.md': manifest('bottle: dev\ndescription: Writes code\nskills: [review]'),
    'bottles/base.md': manifest('agent_provider: {template: codex}\negress: {routes: [{host: a.x}]}'),
    'bottles/dev.md': manifest('extends: base\negress: {routes: [{host: b.x}]}'),
    'skills/review/SKILL.md': manifest('name: review\ndescription: Reads diffs'),
    'agents/notes.txt': 'not a manifest',
    'agents/.hidden.md': 'not one either',
  })
  const list = await listOf(home.path)
  expect(list).toMatchObject({
    empty: false,
    agents: [
      {
        name: 'dev',
        file: 'agents/dev.md',
        source: 'home',
        description: 'Writes code',
        bottle: 'dev',
        provider: 'codex',
        skills: ['review'],
        problems: [],
      },
    ],
    bottles: [
      { name: 'base', provider: 'codex', routes: 1, extends: [] },
      { name: 'dev', provider: 'codex', routes: 2, extends: ['base'] },
    ],
    skills: [{ name: 'review', folder: 'skills/review', description: 'Reads diffs', problems: [] }],
    problems: [],
  })
})

test('each kind of broken file stands beside its own name and blocks nobody else', async () => {
  await using home = await tempHome({
    'agents/good.md': manifest('bottle: good'),
    'agents/yaml.md': '---\na: [1\n---',
    'agents/unknown.md': manifest('botle: good'),
    'agents/orphan.md': manifest('bottle: gone'),
    'agents/child.md': manifest('bottle: broken'),
    'agents/unskilled.md': manifest('bottle: good\nskills: [gone]'),
    'bottles/good.md': manifest('supervise: true'),
    'bottles/broken.md': manifest('runtime: runsc'),
    'bottles/loop.md': manifest('extends: loop'),
  })
  await home.write('agents/huge.md', `---\n---\n${'x'.repeat(1024 * 1024)}`)
  await home.write('agents/binary.md', new Uint8Array([0x2d, 0, 1, 2]))
  await home.write('agents/latin1.md', new Uint8Array([0x47, 0x72, 0xfc, 0xdf]))
  await mkdir(join(home.path, 'agents/folder.md'))
  await symlink('/nowhere/at/all', join(home.path, 'agents/dangling.md'))
  await symlink('circle.md', join(home.path, 'agents/circle.md'))
  await symlink(join(home.path, 'bottles/good.md'), join(home.path, 'bottles/linked.md'))
  execFileSync('mkfifo', [join(home.path, 'agents/pipe.md')])

  const { agents, bottles } = await listOf(home.path)
  const told = Object.fromEntries(
    [...agents, ...bottles].map((entry) => [entry.name, entry.problems.map((p) => p.message).join(' ')]),
  )
  expect(told).toEqual({
    good: '',
    linked: '',
    yaml: expect.stringContaining('The YAML cannot be read'),
    unknown: '`botle` is not a key of the frontmatter of an agent.',
    orphan: 'There is no bottle named gone.',
    child: '`runtime` is a key of the ancestor and was removed.',
    unskilled: expect.stringContaining('skills/gone/SKILL.md is missing'),
    broken: '`runtime` is a key of the ancestor and was removed.',
    loop: 'The bottle loop extends itself: loop → loop.',
    huge: 'The file has 1.0 MiB; a manifest has at most 1 MiB.',
    binary: 'The file is not text: it holds zero bytes.',
    latin1: 'The file is not valid UTF-8.',
    folder: 'This is not a regular file.',
    dangling: 'The file is not there, or is a link to nothing.',
    circle: 'The file is a link that leads to itself.',
    pipe: 'This is not a regular file.',
  })
  for (const entry of [...agents, ...bottles]) {
    for (const problem of entry.problems)
      expect(problem).toMatchObject({ severity: 'error', fix: expect.stringMatching(/\.$/) })
  }
})

test.skipIf(process.getuid?.() === 0)('a file that may not be read is told (not as root, who may)', async () => {
  await using home = await tempHome({ 'agents/closed.md': 'x' })
  await chmod(join(home.path, 'agents/closed.md'), 0o000)
  expect((await listOf(home.path)).agents[0]!.problems[0]!.message).toContain('permission denied')
})

test('a file whose name cannot be a manifest’s is told about', async () => {
  await using home = await tempHome({ 'agents/two words.md': 'x' })
  const { agents, problems } = await listOf(home.path)
  expect(agents).toEqual([])
  expect(problems).toMatchObject([{ file: 'agents/two words.md', severity: 'error' }])
})

test('agents of a workspace are listed after those of the home; shadows and its bottles are warned about', async () => {
  await using home = await tempHome({ 'agents/dev.md': manifest('bottle: b'), 'bottles/b.md': '' })
  await using repository = await tempHome({
    '.bot-bottle/agents/dev.md': manifest('bottle: b'),
    '.bot-bottle/agents/repo.md': manifest('bottle: b'),
    '.bot-bottle/bottles/b.md': '',
  })
  const list = await listOf(home.path, repository.path)
  expect(list.agents.map(({ name, source }) => `${source} ${name}`)).toEqual([
    'home dev',
    'workspace dev',
    'workspace repo',
  ])
  expect(list.agents[1]!.problems).toMatchObject([
    { severity: 'warning', message: expect.stringContaining('that one is used') },
  ])
  expect(list.problems).toMatchObject([{ severity: 'warning', file: '.bot-bottle/bottles/' }])
  expect(list.bottles).toHaveLength(1)
})

test('a document shows every value with the file that it comes from, and secrets by their source', async () => {
  await using home = await tempHome({
    'bottles/base.md': manifest(`env: {A: base, T: "\${HOST_T}", Q: ?Your key}\nlimits: {cpus: 1}`),
    'bottles/dev.md': manifest(
      'extends: base\nenv: {A: dev}\nagent_provider: {template: shell, settings: {command: [sh]}}\negress:\n  routes: [{host: a.x, auth: {scheme: Bearer, token_ref: TOK}, matches: [{methods: [GET], paths: [{type: prefix, value: /v1/}]}]}]',
      '# Notes',
    ),
    'agents/dev.md': manifest('bottle: dev\ngit-gate: {user: {name: Dev}}', 'Prompt.'),
  })
  const manifests = createManifests({ home: home.path })
  const bottle = await manifests.get('bottle', 'dev')
  expect(bottle).toMatchObject({ kind: 'bottle', name: 'dev', file: 'bottles/dev.md', body: '# Notes', problems: [] })
  expect(bottle.source).toContain('extends: base')
  const rows = (document: typeof bottle) =>
    document.resolved.map(({ path, value, origin }) => `${path} = ${value} (${origin.file})`)
  expect(rows(bottle)).toEqual([
    'agent_provider.template = shell (bottles/dev.md)',
    'agent_provider.forward_host_credentials = false (default)',
    'agent_provider.settings.command = ["sh"] (bottles/dev.md)',
    'env.A = dev (bottles/dev.md)',
    'env.T = from host HOST_T (bottles/base.md)',
    'env.Q = asked: Your key (bottles/base.md)',
    'egress.log = 1 (default)',
    'egress.routes[a.x] = ports 443; GET; paths /v1/*; Bearer from host TOK (bottles/dev.md)',
    'supervise = true (default)',
    'limits.cpus = 1 (bottles/base.md)',
    'limits.memory = 4g (default)',
    'limits.pids = 512 (default)',
  ])
  const agent = await manifests.get('agent', 'dev')
  expect(agent.body).toBe('Prompt.')
  expect(rows(agent).slice(0, 3)).toEqual([
    'bottle = dev (agents/dev.md)',
    'git-gate.user.name = Dev (agents/dev.md)',
    'agent_provider.template = shell (bottles/dev.md)',
  ])
})

test('a broken file has a document too: its text and its problems', async () => {
  await using home = await tempHome({ 'bottles/x.md': manifest('runtime: y'), 'agents/x.md': manifest('botle: y') })
  const manifests = createManifests({ home: home.path })
  for (const kind of ['bottle', 'agent'] as const) {
    const document = await manifests.get(kind, 'x')
    expect(document.source).toContain(': y')
    expect(document.problems).toHaveLength(1)
    expect(document.resolved).toEqual([])
  }
})

test('a document that is not there is refused with those there are', async () => {
  await using home = await tempHome({ 'bottles/a.md': '', 'agents/b.md': '' })
  const manifests = createManifests({ home: home.path })
  await expect(manifests.get('bottle', 'x')).rejects.toThrow('There is no bottle file named x. The bottles are: a.')
  await expect(manifests.get('agent', '../x')).rejects.toThrow('The agents are: b.')
})
