import { chmod, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type TempHome, tempHome } from '../testing/temp-home.ts'
import { readSkill } from './skills.ts'

const digestOf = async (home: TempHome) => {
  const skill = await readSkill(home.path, 's')
  if ('code' in skill) throw new Error(skill.message)
  return skill.digest
}

test('equal folders have equal digests, wherever they are', async () => {
  const files = { 'skills/s/SKILL.md': 'x', 'skills/s/a/b.sh': 'y' }
  await using one = await tempHome(files)
  await using two = await tempHome(Object.fromEntries(Object.entries(files).reverse()))
  expect(await digestOf(one)).toBe(await digestOf(two))
  expect(await readSkill(one.path, 's')).toMatchObject({ files: 2, bytes: 2 })
})

test.each([
  ['a content', { 'skills/s/SKILL.md': 'x', 'skills/s/a': 'z' }],
  ['a name', { 'skills/s/SKILL.md': 'x', 'skills/s/b': 'y' }],
  ['a new file', { 'skills/s/SKILL.md': 'x', 'skills/s/a': 'y', 'skills/s/c': '' }],
  ['where one file ends and the next begins', { 'skills/s/SKILL.md': 'xa', 'skills/s/a': '' }],
])('a digest changes with %s', async (_what, files) => {
  await using before = await tempHome({ 'skills/s/SKILL.md': 'x', 'skills/s/a': 'y' })
  await using after = await tempHome(files)
  expect(await digestOf(after)).not.toBe(await digestOf(before))
})

test('a digest changes when a file becomes executable', async () => {
  await using home = await tempHome({ 'skills/s/SKILL.md': 'x', 'skills/s/run': '#!/bin/sh' })
  const before = await digestOf(home)
  await chmod(join(home.path, 'skills/s/run'), 0o755)
  expect(await digestOf(home)).not.toBe(before)
})

test('a folder without SKILL.md is a missing skill', async () => {
  await using home = await tempHome({ 'skills/s/README.md': 'x' })
  expect(await readSkill(home.path, 's')).toMatchObject({ code: 'missing-skill' })
})

test.each(['/etc/passwd', 'SKILL.md', '/nowhere'])('a link inside is refused, also to %s', async (target) => {
  await using home = await tempHome({ 'skills/s/SKILL.md': 'x' })
  await symlink(target, join(home.path, 'skills/s/link'))
  expect(await readSkill(home.path, 's')).toMatchObject({ code: 'unsafe-skill', fix: expect.stringContaining('link') })
})

test('a folder with far too many files is refused', async () => {
  await using home = await tempHome({
    'skills/s/SKILL.md': 'x',
    ...Object.fromEntries(Array.from({ length: 2_001 }, (_, n) => [`skills/s/many/${n}`, ''])),
  })
  expect(await readSkill(home.path, 's')).toMatchObject({
    code: 'unsafe-skill',
    message: expect.stringContaining('2000'),
  })
})
