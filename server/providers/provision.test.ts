import { expect, test } from 'vitest'
import type { CommonPlan } from '../contract/plan.ts'
import { PLACEHOLDER_TOKEN } from './guest.ts'
import { providerFiles } from './provision.ts'

const planned = (name: string, more: Partial<CommonPlan> = {}) =>
  ({
    provider: { name, settings: {} },
    workspace: { guestPath: '/home/node/workspace' },
    env: [],
    egress: { slots: [] },
    ...more,
  }) as unknown as CommonPlan
const named = (plan: CommonPlan) => Object.fromEntries(providerFiles(plan).map((file) => [file.path, file]))

test('a shell and a plug-in need no files', () => {
  expect(providerFiles(planned('shell'))).toEqual([])
  expect(providerFiles(planned('their-own'))).toEqual([])
})

test('claude trusts the workspace and asks nothing first', () => {
  const file = named(planned('claude'))['/home/node/.claude.json']
  expect(file?.mode).toBe(0o600)
  expect(JSON.parse(file!.content)).toMatchObject({
    hasCompletedOnboarding: true,
    projects: { '/home/node/workspace': { hasTrustDialogAccepted: true } },
  })
})

test('claude suits a light page as well as a dark one', () => {
  const { content } = named(planned('claude'))['/home/node/.claude/settings.json']!
  expect(JSON.parse(content)).toMatchObject({ theme: 'auto' })
})

const config = (settings: object) =>
  named(planned('codex', { provider: { name: 'codex', settings } as unknown as CommonPlan['provider'] }))[
    '/home/node/.codex/config.toml'
  ]!.content

test('a codex that is started beside the agent asks and is held in no more than the agent', () => {
  expect(config({})).toMatch(/^sandbox_mode = "danger-full-access"\napproval_policy = "never"$/m)
  expect(config({ sandbox: 'read-only', approval: 'on-request' })).toMatch(
    /^sandbox_mode = "read-only"\napproval_policy = "on-request"$/m,
  )
})

test('codex sends what can be scanned, and starts nothing that outlives it', () => {
  const features = /^\[features\]\n(?:.+\n)+/m.exec(config({}))?.[0]
  expect(features).toContain('enable_request_compression = false')
  expect(features).toContain('daemon_auto_start = false')
})

test('codex has a login exactly when the bottle has one, and only a placeholder in it', () => {
  const auth = '/home/node/.codex/auth.json'
  expect(named(planned('codex'))[auth]).toBeUndefined()
  const env = [{ name: 'OPENAI_API_KEY', origin: 'provider', value: PLACEHOLDER_TOKEN, from: 'codex' }] as const
  expect(JSON.parse(named(planned('codex', { env }))[auth]!.content)).toEqual({
    auth_mode: 'apikey',
    OPENAI_API_KEY: PLACEHOLDER_TOKEN,
  })
  const slots = [{ slot: 'l', source: { kind: 'host-login', provider: 'codex', file: '~/.codex/auth.json' } }] as const
  // A forwarded login is no matter of the plan: it comes with the launch (host-login.test.ts).
  expect(named(planned('codex', { egress: { slots } as unknown as CommonPlan['egress'] }))[auth]).toBeUndefined()
})
