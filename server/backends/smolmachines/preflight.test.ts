import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { noteBoot } from './boot-trial.ts'
import { preflight, smolvmFacts } from './preflight.ts'
import { Smolvm } from './smolvm.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bot-bottle-preflight-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** What the doctor says where smolvm answers its version so. @param says null: there is none */
async function checked(says: string | null, { unenforcedAllowed = false, boots = false } = {}) {
  const program = path.join(folder, `smolvm-${Math.random()}`)
  if (says !== null) {
    await writeFile(program, `#!/bin/sh\necho '${says}'\n`)
    await chmod(program, 0o755)
  }
  if (boots) noteBoot(program, 1234)
  const tools = { smolvm: new Smolvm(program), unenforcedAllowed, cache: path.join(folder, 'cache') }
  const facts = await smolvmFacts(tools)
  const checks = await preflight(facts, tools)
  return { facts, checks, of: (id: string) => checks.find((check) => check.id === id)! }
}

test('without smolvm there is one row, which is no problem and says what to install', async () => {
  const { facts, checks } = await checked(null)
  expect(facts).toBeNull()
  expect(checks).toMatchObject([{ id: 'smolvm', result: 'absent', fix: { value: expect.stringContaining('1.1.3') } }])
})

test('a program that is no smolvm, or too old, is absent with the reason', async () => {
  expect((await checked('hello')).of('smolvm').detail).toContain('hello')
  expect((await checked('smolvm 0.7.1')).of('smolvm').detail).toContain('older than 0.8.0')
})

test('a version that enforces is in order', async () => {
  const { facts, of } = await checked('smolvm 1.9.3')
  expect(facts).toEqual({ version: '1.9.3', enforcesPolicy: true, unenforcedAllowed: false })
  expect([of('smolvm').result, of('smolvm-policy').result]).toEqual(['ok', 'ok'])
})

test('a version that does not is a problem with a fix, or with the operator’s switch a warning', async () => {
  const refused = (await checked('smolvm 0.8.0')).of('smolvm-policy')
  expect(refused).toMatchObject({ result: 'problem', fix: { value: expect.stringContaining('BOT_BOTTLE_UNENFORCED') } })
  const allowed = (await checked('smolvm 0.8.0', { unenforcedAllowed: true })).of('smolvm-policy')
  expect(allowed).toMatchObject({ result: 'warning', detail: expect.stringContaining('boundary probe') })
})

test('that a machine boots is known from one that did, and from nothing else', async () => {
  expect((await checked('smolvm 1.9.3')).of('smolvm-boot').result).not.toBe('ok')
  const seen = (await checked('smolvm 1.9.3', { boots: true })).of('smolvm-boot')
  expect(seen).toMatchObject({ result: 'ok', detail: expect.stringContaining('1.2 s') })
})
