import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BootTrials } from './boot-trials.ts'
import { preflight } from './preflight.ts'
import { Smolvm } from './smolvm.ts'
import { smolvmFacts } from './smolvm-facts.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bot-bottle-preflight-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** What the doctor says where smolvm answers its version so. @param says null: there is none */
async function checked(
  says: string | null,
  { unenforcedAllowed = false, platform = 'linux' as NodeJS.Platform, boots = false } = {},
) {
  const program = path.join(folder, `smolvm-${Math.random()}`)
  if (says !== null) {
    await writeFile(program, `#!/bin/sh\necho '${says}'\n`)
    await chmod(program, 0o755)
  }
  const smolvm = new Smolvm(program)
  const cache = path.join(folder, 'cache')
  const docker = { listNetworks: async () => [] }
  const tools = {
    smolvm,
    docker,
    platform,
    unenforcedAllowed,
    cache,
    boots: new BootTrials(smolvm, { home: folder, cache }),
  }
  if (boots) await tools.boots.booted(1234)
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
  expect(facts).toMatchObject({ version: '1.9.3', enforcesPolicy: true, unenforcedAllowed: false, platform: 'linux' })
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

test('a Mac’s addresses are looked for, and one command adds those that are missing', async () => {
  // 127/8 is all there on Linux; the private ones are nowhere.
  const loopback = (await checked('smolvm 0.8.0', { platform: 'darwin' })).of('smolvm-aliases')
  expect(loopback).toMatchObject({ result: 'ok', detail: expect.stringContaining('127.0.0.16 to 127.0.0.31') })
  const missing = (await checked('smolvm 1.9.3', { platform: 'darwin' })).of('smolvm-aliases')
  expect(missing).toMatchObject({ result: 'problem', fix: { kind: 'command', value: expect.stringContaining('sudo') } })
  expect((await checked('smolvm 1.9.3')).of('smolvm-aliases')).toBeUndefined()
})
