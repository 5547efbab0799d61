import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { compileTable } from '../../../docker/bundle/egress/table.ts'
import { EGRESS } from '../../testing/network-bench.ts'
import { bottleCa } from './certificates.ts'
import { readTable, readTableFile, tableDigest, tableOf, tableText, writeTableFile } from './table-file.ts'

async function folder() {
  const at = await mkdtemp(path.join(tmpdir(), 'table-'))
  return { at, [Symbol.asyncDispose]: () => rm(at, { recursive: true, force: true }) }
}

test('what egress compiles is what the plan says', () => {
  const text = tableText(tableOf(EGRESS))
  expect([...compileTable(text).byHost.values()].map(({ plan }) => plan)).toEqual(EGRESS.routes)
  expect(readTable(text)).toEqual(tableOf(EGRESS))
})

test.each(['2130706433', '*.evil.org', 'a b', '[::1]'])('a table with the host %j is not written', (host) => {
  const [route] = EGRESS.routes
  expect(() => tableText(tableOf({ ...EGRESS, routes: [{ ...route!, host }] }))).toThrow(/./)
})

test.each(['no', '~', '0x1f', '1e3', '- a', 'a: b', '#x', "it's", 'tab\there', '*a', '&a', '!!str x', '%61', '"'])(
  'the path /%s comes back as it was written',
  (value) => {
    const [route] = EGRESS.routes
    const matches = [
      {
        paths: [{ type: 'regex' as const, value: value.replace(/\W/g, '.') }],
        headers: [{ name: 'x', value, type: 'exact' as const }],
      },
    ]
    expect(readTable(tableText(tableOf({ ...EGRESS, routes: [{ ...route!, matches }] }))).routes[0]!.matches).toEqual(
      matches,
    )
  },
)

test('a table is replaced as a whole, leaves nothing beside it, and can be read by the bundle', async () => {
  await using temp = await folder()
  const at = path.join(temp.at, 'egress')
  expect(await readTableFile(at)).toBeNull()
  const text = tableText(tableOf(EGRESS))
  await Promise.all(Array.from({ length: 20 }, () => writeTableFile(at, text)))
  expect(await readTableFile(at)).toBe(text)
  expect(await readdir(at)).toEqual(['routes.yaml'])
  expect((await stat(path.join(at, 'routes.yaml'))).mode & 0o777).toBe(0o644)
  expect(tableDigest(text)).toMatch(/^[0-9a-f]{12}$/)
})

test('a bottle keeps its authority; the key is the operator’s alone, and not where the bundle looks', async () => {
  await using temp = await folder()
  const first = await bottleCa(temp.at, 'demo' as never)
  expect(await bottleCa(temp.at, 'demo' as never)).toEqual(first)
  expect((await stat(path.join(temp.at, 'egress-ca/ca.key'))).mode & 0o777).toBe(0o600)
  expect((await stat(path.join(temp.at, 'egress-ca'))).mode & 0o777).toBe(0o700)
  await rm(path.join(temp.at, 'egress-ca/ca.key'))
  expect((await bottleCa(temp.at, 'demo' as never)).certificate).not.toBe(first.certificate)
})
