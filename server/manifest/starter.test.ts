import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempHome } from '../testing/temp-home.ts'
import { createManifests } from './manifests.ts'

test('an empty home gets three agents and their bottles, without a problem', async () => {
  await using home = await tempHome()
  const manifests = createManifests({ home: join(home.path, 'new/home') })
  expect((await manifests.list()).empty).toBe(true)
  expect([...(await manifests.writeStarter())].sort()).toEqual([
    'agents/claude.md',
    'agents/codex.md',
    'agents/shell.md',
    'bottles/claude.md',
    'bottles/codex.md',
    'bottles/shell.md',
  ])
  const list = await manifests.list()
  expect(list.empty).toBe(false)
  expect(list.agents.map(({ name, provider, problems }) => ({ name, provider, problems }))).toEqual(
    ['claude', 'codex', 'shell'].map((name) => ({ name, provider: name, problems: [] })),
  )
  expect(list.bottles.flatMap((bottle) => bottle.problems)).toEqual([])
})

test('what is there is left as it is', async () => {
  await using home = await tempHome({ 'bottles/shell.md': 'mine' })
  const manifests = createManifests({ home: home.path })
  expect(await manifests.writeStarter()).not.toContain('bottles/shell.md')
  expect(await manifests.writeStarter()).toEqual([])
  expect(await readFile(join(home.path, 'bottles/shell.md'), 'utf8')).toBe('mine')
})

test('the examples in the comments are right: without their marks they are a valid bottle', async () => {
  await using home = await tempHome()
  const manifests = createManifests({ home: home.path })
  await manifests.writeStarter()
  const text = await readFile(join(home.path, 'bottles/claude.md'), 'utf8')
  const shown = text
    .split('\n')
    .filter((line) => !/^\s*# (?:The name of|requests to)/.test(line))
    .map((line) => line.replace(/^(\s*)# (\s*[\w-])/, '$1$2'))
  const [frontmatter] = shown.join('\n').split('\n---\n')
  await home.write('bottles/shown.md', `${frontmatter}\n---\n`)
  expect((await manifests.list()).bottles.find((bottle) => bottle.name === 'shown')).toMatchObject({
    problems: [],
    routes: 2,
  })
})
