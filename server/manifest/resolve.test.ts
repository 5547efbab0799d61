import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { BottleSlug, PlanId } from '../contract/ids.ts'
import { ManifestError } from '../errors.ts'
import { manifest, type TempHome, tempHome } from '../testing/temp-home.ts'
import type { LaunchChoice } from './request.ts'
import { resolve } from './resolve.ts'

const FILES = {
  'agents/dev.md': manifest('bottle: dev\nskills: [review]\ngit-gate: {user: {email: dev@x}}', 'You write code.'),
  'agents/free.md': 'No bottle of my own.',
  'bottles/base.md': manifest('env: {A: base}\ngit-gate: {user: {name: Base, email: base@x}}'),
  'bottles/dev.md': manifest('extends: base\nenv: {B: dev}'),
  'bottles/extra.md': manifest('env: {A: extra}\nsupervise: false'),
  'skills/review/SKILL.md': '# Review',
}
const INPUTS = {
  now: 1_700_000_000_000,
  planId: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff' as PlanId,
  draw: 'x7k2p',
  taken: new Set<string>(),
}
const resolving = (home: TempHome, choice: LaunchChoice) => resolve(choice, { ...INPUTS, home: home.path })

test('an agent is resolved with its own bottle, skills and prompt', async () => {
  await using home = await tempHome(FILES)
  const request = await resolving(home, { agent: 'dev' })
  expect(request).toMatchObject({
    planId: INPUTS.planId,
    resolvedAt: INPUTS.now,
    slug: 'dev-x7k2p',
    backend: 'docker',
    agent: { name: 'dev', file: 'agents/dev.md', source: 'home' },
    bottles: ['dev'],
    skills: [{ name: 'review', files: 1, bytes: 8, folder: join(home.path, 'skills/review') }],
    prompt: { text: 'You write code.' },
    workspace: { path: '', mode: 'none' },
    label: null,
    color: null,
    blockers: [],
    warnings: [],
  })
  expect([...request.bottle.env.keys()]).toEqual(['A', 'B'])
})

test('the agent’s git identity overlays the bottles’, field by field', async () => {
  await using home = await tempHome(FILES)
  expect((await resolving(home, { agent: 'dev' })).bottle.gitUser).toEqual({ name: 'Base', email: 'dev@x' })
})

test('bottles chosen at launch replace the agent’s own, in their order', async () => {
  await using home = await tempHome(FILES)
  const request = await resolving(home, { agent: 'dev', bottles: ['extra', 'dev'] })
  expect(request.bottles).toEqual(['extra', 'dev'])
  expect(request.bottle.env.get('A')).toMatchObject({ value: 'base' })
  expect(request.bottle.supervise).toBe(false)
})

test('the same choice and inputs give the same request', async () => {
  await using home = await tempHome(FILES)
  const choice = { agent: 'dev', label: 'Fix login', bottles: ['dev', 'extra'], color: 'blue' } as const
  expect(await resolving(home, choice)).toEqual(await resolving(home, choice))
})

test('resolved again, a request keeps the slug that was drawn for it', async () => {
  await using home = await tempHome(FILES)
  const again = { ...INPUTS, home: home.path, draw: 'other', slug: 'dev-x7k2p' as BottleSlug }
  expect((await resolve({ agent: 'dev' }, again)).slug).toBe('dev-x7k2p')
})

test('an unknown agent is refused with those there are', async () => {
  await using home = await tempHome(FILES)
  await expect(resolving(home, { agent: 'devv' })).rejects.toThrow(
    'There is no agent named devv. The agents are: dev, free.',
  )
})

test('an agent name cannot lead out of the folder', async () => {
  await using home = await tempHome({ ...FILES, 'secret.md': 'x' })
  await expect(resolving(home, { agent: '../secret' })).rejects.toThrow('There is no agent named ../secret.')
})

test('an agent without a bottle needs one to be chosen', async () => {
  await using home = await tempHome(FILES)
  await expect(resolving(home, { agent: 'free' })).rejects.toThrow('names no bottle')
  expect((await resolving(home, { agent: 'free', bottles: ['dev'] })).bottles).toEqual(['dev'])
})

test('a broken file that is not part of the launch does not keep it from being resolved', async () => {
  await using home = await tempHome({ ...FILES, 'bottles/broken.md': '---\n{', 'agents/broken.md': '---\n{' })
  expect((await resolving(home, { agent: 'dev' })).slug).toBe('dev-x7k2p')
})

test('every problem of the files that are part of it is told at once', async () => {
  await using home = await tempHome({
    ...FILES,
    'bottles/base.md': manifest('runtime: runsc'),
    'bottles/dev.md': manifest('extends: [base, gone]'),
  })
  const error = await resolving(home, { agent: 'dev' }).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ManifestError)
  expect((error as ManifestError).problems.map((problem) => problem.message)).toEqual([
    '`runtime` is a key of the ancestor and was removed.',
    'There is no bottle named gone (dev → gone).',
  ])
})

test('a missing bottle is told at the line of the agent that names it', async () => {
  await using home = await tempHome({ 'agents/a.md': manifest('description: x\nbottle: gone') })
  const error = (await resolving(home, { agent: 'a' }).catch((thrown: unknown) => thrown)) as ManifestError
  expect(error.problems).toMatchObject([{ file: 'agents/a.md', line: 3, path: 'bottle' }])
})

test('a missing skill blocks, and the rest can still be reviewed', async () => {
  await using home = await tempHome({ ...FILES, 'agents/dev.md': manifest('bottle: dev\nskills: [gone, review]') })
  const { blockers, skills } = await resolving(home, { agent: 'dev' })
  expect(blockers).toMatchObject([{ code: 'missing-skill', message: expect.stringContaining('skills/gone/SKILL.md') }])
  expect(skills.map((skill) => skill.name)).toEqual(['review'])
})

test('a skill with a link inside blocks', async () => {
  await using home = await tempHome(FILES)
  await symlink('/etc/passwd', join(home.path, 'skills/review/notes'))
  expect((await resolving(home, { agent: 'dev' })).blockers).toMatchObject([
    { code: 'unsafe-skill', message: expect.stringContaining('holds a link, notes') },
  ])
})

test('doubts about a bottle’s values are warnings', async () => {
  await using home = await tempHome({ ...FILES, 'bottles/dev.md': manifest('env: {A: $TOKEN}') })
  expect((await resolving(home, { agent: 'dev' })).warnings).toMatchObject([{ code: 'manifest-doubt' }])
})

test('an agent of the workspace is found, and says where it is from', async () => {
  await using home = await tempHome(FILES)
  await using repository = await tempHome({ '.bot-bottle/agents/repo.md': manifest('bottle: dev', 'Hi.') })
  const workspace = { path: repository.path, mode: 'copy' as const }
  const request = await resolving(home, { agent: 'repo', workspace })
  expect(request.agent).toEqual({ name: 'repo', file: '.bot-bottle/agents/repo.md', source: 'workspace' })
  expect(request.workspace).toEqual(workspace)
  await expect(resolving(home, { agent: 'repo' })).rejects.toThrow('no agent named repo')
})

test('the home’s agent wins over the workspace’s of the same name, and its bottles are ignored; both are warned about', async () => {
  await using home = await tempHome(FILES)
  await using repository = await tempHome({
    '.bot-bottle/agents/dev.md': manifest('bottle: dev', 'Evil.'),
    '.bot-bottle/bottles/dev.md': manifest('supervise: false'),
  })
  const request = await resolving(home, { agent: 'dev', workspace: { path: repository.path, mode: 'none' } })
  expect(request.prompt.text).toBe('You write code.')
  expect(request.bottle.supervise).toBe(true)
  expect(request.warnings.map((warning) => warning.code)).toEqual(['agent-shadowed', 'workspace-bottles-ignored'])
})

test('an agent file of a workspace that is a link out of it is not read', async () => {
  await using home = await tempHome({ ...FILES, 'secret.txt': 'the secret' })
  await using repository = await tempHome({ '.bot-bottle/agents/x.md': 'x' })
  await symlink(join(home.path, 'secret.txt'), join(repository.path, '.bot-bottle/agents/leak.md'))
  await expect(resolving(home, { agent: 'leak', workspace: { path: repository.path, mode: 'none' } })).rejects.toThrow(
    'leads out of the workspace',
  )
})

test.each([
  ['relative', () => 'project', 'workspace-not-absolute'],
  ['/', () => '/', 'workspace-is-root'],
  ['/ written otherwise', () => '/tmp/..', 'workspace-is-root'],
  ['missing', (home: string) => join(home, '../nowhere-at-all'), 'workspace-missing'],
  ['a file', (home: string) => join(home, 'agents/dev.md'), 'workspace-not-a-folder'],
  ['the home', (home: string) => home, 'workspace-holds-home'],
  ['a parent of the home', (home: string) => join(home, '..'), 'workspace-holds-home'],
  ['inside the home', (home: string) => join(home, 'agents'), 'workspace-holds-home'],
])('a workspace that is %s blocks', async (_what, path, code) => {
  await using home = await tempHome(FILES)
  const { blockers } = await resolving(home, { agent: 'dev', workspace: { path: path(home.path), mode: 'copy' } })
  expect(blockers.map((blocker) => blocker.code)).toEqual([code])
  expect(blockers[0]!.fix).not.toBe('')
})

test('a link is looked at where it leads: to / or to the home it blocks', async () => {
  await using home = await tempHome(FILES)
  await using elsewhere = await tempHome()
  await symlink('/', join(elsewhere.path, 'root'))
  await symlink(home.path, join(elsewhere.path, 'home'))
  const codes = async (name: string) =>
    (
      await resolving(home, { agent: 'dev', workspace: { path: join(elsewhere.path, name), mode: 'copy' } })
    ).blockers.map((blocker) => blocker.code)
  expect(await codes('root')).toEqual(['workspace-is-root'])
  expect(await codes('home')).toEqual(['workspace-holds-home'])
})

test.skipIf(process.getuid?.() === 0)('a workspace that cannot be read blocks (not as root, who can)', async () => {
  await using home = await tempHome(FILES)
  await using elsewhere = await tempHome()
  await mkdir(join(elsewhere.path, 'closed'), { mode: 0o000 })
  const workspace = { path: join(elsewhere.path, 'closed'), mode: 'copy' as const }
  expect((await resolving(home, { agent: 'dev', workspace })).blockers[0]!.code).toBe('workspace-unreadable')
})

test('copying without a folder blocks', async () => {
  await using home = await tempHome(FILES)
  const { blockers } = await resolving(home, { agent: 'dev', workspace: { path: '', mode: 'copy' } })
  expect(blockers).toMatchObject([{ code: 'workspace-missing' }])
})
