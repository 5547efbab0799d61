import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { compileTable } from './table.ts'
import { TableWatcher } from './table-watcher.ts'

const file = (frozen: boolean) => stringify({ version: 1, log: 1, frozen, resolve: {}, routes: [] })
let folder: string
let seen: string[]
let watcher: TableWatcher | undefined

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bot-bottle-table-'))
  seen = []
})
afterEach(async () => {
  watcher?.close()
  await rm(folder, { recursive: true })
})

const replace = async (text: string) => {
  await writeFile(path.join(folder, '.new'), text)
  await rename(path.join(folder, '.new'), path.join(folder, 'routes.yaml'))
}
const follow = async (where = folder) => {
  watcher = new TableWatcher(where, 'routes.yaml', {
    changed: (table) => seen.push(`frozen ${table.file.frozen}`),
    bad: (message) => seen.push(`bad ${message.slice(0, 20)}`),
  })
  await watcher.read()
}

describe('a table in a folder', () => {
  test('is read at once and again whenever another takes its place', async () => {
    await replace(file(false))
    await follow()
    expect(seen).toEqual(['frozen false'])
    await replace(file(true))
    await expect.poll(() => seen).toEqual(['frozen false', 'frozen true'])
    await replace(file(false))
    await expect.poll(() => seen.at(-1)).toBe('frozen false')
  })
  test('that is bad is told once and then waits for a good one', async () => {
    await replace('routes: [')
    await follow()
    await watcher?.read()
    expect(seen).toEqual([expect.stringMatching(/^bad /)])
    await replace(file(true))
    await expect.poll(() => seen.at(-1)).toBe('frozen true')
  })
  test('that is not there yet is told, and seen when it comes, its folder too', async () => {
    const later = path.join(folder, 'later')
    await follow(later)
    expect(seen).toEqual([expect.stringMatching(/^bad ENOENT/)])
    await mkdir(later)
    await writeFile(path.join(later, 'routes.yaml'), file(false))
    await expect.poll(() => seen.at(-1), { timeout: 10_000 }).toBe('frozen false')
  }, 20_000)
})

describe('the file of a table', () => {
  test.each([
    ['an alias', 'version: &a 1\nlog: *a\nresolve: {}\nroutes: []'],
    ['flow nested too deeply', `version: ${'['.repeat(5000)}`],
    ['blocks nested too deeply', Array.from({ length: 500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['lists nested too deeply', '- '.repeat(5000)],
    ['a key twice', `${file(false)}log: 0\n`],
    ['an unknown key', `${file(false)}open: true\n`],
    ['nothing in it', ''],
  ])('with %s is refused', (_, text) => expect(() => compileTable(text)).toThrow())
})
