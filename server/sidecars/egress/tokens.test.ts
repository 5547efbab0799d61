import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { TokenSlot } from '../../contract/plan.ts'
import { CODEX_LOGIN } from '../../providers/host-logins.ts'
import { collectTokens, findTokens } from './tokens.ts'

const env = (name: string): TokenSlot => ({ slot: name, source: { kind: 'host-env', name } })
const codex: TokenSlot = { slot: 'codex-login', source: CODEX_LOGIN }

async function userHome(login?: object) {
  const home = await mkdtemp(path.join(tmpdir(), 'user-home-'))
  await mkdir(path.join(home, '.codex'))
  if (login) await writeFile(path.join(home, '.codex/auth.json'), JSON.stringify(login))
  return { home, [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }) }
}

test('each slot gets its value; surrounding white space is no part of a token', async () => {
  const { tokens, logins } = await collectTokens([env('A'), env('B')], { hostEnv: { A: 'one', B: ' two\n' } })
  expect([...tokens]).toEqual([
    ['A', 'one'],
    ['B', 'two'],
  ])
  expect(logins).toEqual([])
})

test('a login of the host fills its slot, and the guest gets its stand-in', async () => {
  await using user = await userHome({ OPENAI_API_KEY: 'sk-real-key' })
  const { tokens, logins } = await collectTokens([codex], { hostEnv: {}, userHome: user.home })
  expect(tokens.get('codex-login')).toBe('sk-real-key')
  expect(logins.map((file) => file.path)).toEqual(['/home/node/.codex/auth.json'])
  expect(JSON.stringify(logins)).not.toContain('sk-real-key')
})

test.each([
  ['is not set', {}, 'A is not set'],
  ['is blank', { A: '  ' }, 'A is not set'],
  ['holds a line break', { A: 'good\r\nx-evil: 1' }, 'no HTTP header can carry'],
  ['holds what is no ASCII', { A: 'schlüssel' }, 'no HTTP header can carry'],
])('a variable that %s ends the launch with its name and without its value', async (_name, hostEnv, message) => {
  const error = await collectTokens([env('A')], { hostEnv }).catch((thrown: Error) => thrown)
  expect(error).toMatchObject({ code: 'PRECONDITION_FAILED', message: expect.stringContaining(message) })
  expect((error as Error).message).not.toMatch(/evil|schl/)
})

test('a login that is not there ends the launch with what to run', async () => {
  await using user = await userHome()
  await expect(collectTokens([codex], { hostEnv: {}, userHome: user.home })).rejects.toThrow('codex login')
})

test('a bottle that is taken up again gets what there still is', async () => {
  const found = await findTokens([env('A'), env('GONE'), codex], { hostEnv: { A: 'one' } })
  expect([...found.tokens]).toEqual([['A', 'one']])
  expect(found.missing.map(({ slot }) => slot)).toEqual(['GONE', 'codex-login'])
  expect(found.missing[0]?.why).toContain('GONE is not set')
})
