import { expect, test } from 'vitest'
import { sampleMachine } from '../testing/sample-machine.ts'
import { tempHome } from '../testing/temp-home.ts'

const CODEX = 'agent_provider: {template: codex, forward_host_credentials: true}\nsupervise: false'
const jwt = (claims: object) => `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`
const login = (exp: number) =>
  JSON.stringify({ auth_mode: 'chatgpt', tokens: { id_token: jwt({}), access_token: jwt({ exp }), account_id: 'a' } })

/** The plan of a machine on which codex is logged in like this; null: not at all. */
async function blockersWith(text: string | null) {
  await using machine = await sampleMachine(CODEX)
  await using user = await tempHome(text === null ? {} : { '.codex/auth.json': text })
  return (await machine.plan({}, { userHome: user.path })).blockers
}

test('a plan names a login that has expired, with what to run', async () => {
  expect(await blockersWith(login(1))).toEqual([
    {
      code: 'unusable-host-login',
      message: 'The login of codex on this machine expired (1970-01-01 00:00 UTC).',
      fix: expect.stringContaining('codex login'),
    },
  ])
  expect(await blockersWith(login(4_000_000_000)), 'the control').toEqual([])
})

test('a plan names a login that is not there', async () => {
  expect(await blockersWith(null)).toMatchObject([{ code: 'missing-host-login' }])
})
