import { describe, expect, test } from 'vitest'
import type { Sha256 } from '../contract/ids.ts'
import { claudePlanner } from './claude/plan.ts'
import { codexPlanner } from './codex/plan.ts'
import { PLACEHOLDER_TOKEN } from './guest.ts'
import type { ProviderPlanner, ProviderRequest } from './plan.ts'
import { shellPlanner } from './shell/plan.ts'

const PROMPT = { text: 'Write code.', digest: '0'.repeat(64) as Sha256, guestPath: '/home/node/.bot-bottle-prompt.txt' }
const planned = (planner: ProviderPlanner, request: Partial<ProviderRequest> = {}) =>
  planner.plan(
    { authToken: null, forwardHostCredentials: false, settings: {}, prompt: PROMPT, ...request },
    { root: '/repo' },
  )
const codes = (notices: readonly { code: string }[]) => notices.map((notice) => notice.code)

describe('claude', () => {
  test('runs without asking, with the prompt as a file and never as an argument', () => {
    const { argv, dockerfile, skillsPath } = planned(claudePlanner)
    expect(argv).toEqual(['claude', '--dangerously-skip-permissions', '--append-system-prompt-file', PROMPT.guestPath])
    expect(dockerfile).toBe('/repo/docker/agents/claude/Dockerfile')
    expect(skillsPath).toBe('/home/node/.claude/skills')
  })
  test('without a prompt there is no flag for one', () => {
    expect(planned(claudePlanner, { prompt: { ...PROMPT, text: '' } }).argv).toEqual([
      'claude',
      '--dangerously-skip-permissions',
    ])
  })
  test('settings become arguments', () => {
    const settings = { model: 'opus', effort: 'high', permission_mode: 'plan', args: ['--verbose'] }
    expect(planned(claudePlanner, { settings }).argv).toEqual([
      'claude',
      '--permission-mode',
      'plan',
      '--model',
      'opus',
      '--effort',
      'high',
      '--append-system-prompt-file',
      PROMPT.guestPath,
      '--verbose',
    ])
  })
  test('a token becomes a route to the model with the credential, and a placeholder in the guest', () => {
    const { routes, slots, env, warnings } = planned(claudePlanner, { authToken: 'MY_TOKEN' })
    expect(routes).toMatchObject([
      {
        host: 'api.anthropic.com',
        origin: { kind: 'provider', name: 'claude' },
        auth: { scheme: 'Bearer', header: 'Authorization', slot: 'MY_TOKEN' },
        scan: { onMatch: 'redact' },
      },
    ])
    expect(slots).toEqual([{ slot: 'MY_TOKEN', source: { kind: 'host-env', name: 'MY_TOKEN' } }])
    expect(env).toContainEqual({
      name: 'CLAUDE_CODE_OAUTH_TOKEN',
      origin: 'provider',
      value: PLACEHOLDER_TOKEN,
      from: 'claude',
    })
    expect(warnings).toEqual([])
  })
  test('an API key travels in its own header', () => {
    const { routes, env } = planned(claudePlanner, { authToken: 'ANTHROPIC_API_KEY' })
    expect(routes[0]!.auth).toEqual({ scheme: 'header', header: 'x-api-key', slot: 'ANTHROPIC_API_KEY' })
    expect(env.map(({ name }) => name)).toContain('ANTHROPIC_API_KEY')
  })
  test('the credential is added only where the model is, not to telemetry', () => {
    const paths = planned(claudePlanner, { authToken: 'T' }).routes[0]!.matches.flatMap((match) => match.paths ?? [])
    expect(paths.length).toBeGreaterThan(0)
    for (const { value } of paths) expect('/api/event_logging/batch'.startsWith(value)).toBe(false)
  })
  test('cannot forward a login of the host', () => {
    expect(codes(planned(claudePlanner, { forwardHostCredentials: true }).blockers)).toEqual(['unsupported-login'])
  })
})

describe('codex', () => {
  test('leaves the boundary to the bottle, and reads the prompt where it looks for instructions', () => {
    const { argv, instructionsPath, skillsPath } = planned(codexPlanner)
    expect(argv).toEqual(['codex', '--sandbox', 'danger-full-access', '--ask-for-approval', 'never'])
    expect(instructionsPath).toBe('/home/node/.codex/AGENTS.md')
    expect(skillsPath).toBe('/home/node/.agents/skills')
  })
  test('settings become arguments', () => {
    const settings = {
      model: 'gpt-5',
      reasoning_effort: 'high',
      sandbox: 'read-only',
      approval: 'on-request',
      args: ['-x'],
    }
    expect(planned(codexPlanner, { settings }).argv).toEqual([
      'codex',
      '--sandbox',
      'read-only',
      '--ask-for-approval',
      'on-request',
      '--model',
      'gpt-5',
      '--config',
      'model_reasoning_effort="high"',
      '-x',
    ])
  })
  test('an API key leads to api.openai.com', () => {
    const { routes, env } = planned(codexPlanner, { authToken: 'OPENAI_API_KEY' })
    expect(routes.map(({ host }) => host)).toEqual(['api.openai.com'])
    expect(env).toEqual([{ name: 'OPENAI_API_KEY', origin: 'provider', value: PLACEHOLDER_TOKEN, from: 'codex' }])
  })
  test('the host’s login leads to chatgpt.com, and nothing of it is in the guest', () => {
    const { routes, slots, env } = planned(codexPlanner, { forwardHostCredentials: true })
    expect(routes.map(({ host }) => host)).toEqual(['chatgpt.com'])
    expect(slots[0]!.source).toEqual({ kind: 'host-login', provider: 'codex', file: '~/.codex/auth.json' })
    expect(env).toEqual([])
  })
  test('the credential is added only where the model is, not to analytics', () => {
    for (const request of [{ forwardHostCredentials: true }, { authToken: 'T' }]) {
      const paths = planned(codexPlanner, request).routes[0]!.matches.flatMap((match) => match.paths ?? [])
      expect(paths.length).toBeGreaterThan(0)
      for (const { value } of paths) expect('/backend-api/codex/analytics-events/events'.startsWith(value)).toBe(false)
    }
  })
  test('a sandbox of its own does not work in a container, and the plan says so', () => {
    const request = { authToken: 'T', settings: { sandbox: 'workspace-write' } }
    expect(codes(planned(codexPlanner, request).warnings)).toEqual(['sandbox-in-container'])
    expect(codes(planned(codexPlanner, { authToken: 'T' }).warnings)).toEqual([])
  })
  test('has one login, not two', () => {
    expect(codes(planned(codexPlanner, { authToken: 'T', forwardHostCredentials: true }).blockers)).toEqual([
      'two-logins',
    ])
  })
})

describe('shell', () => {
  test('is a login shell, or the command that the settings name', () => {
    expect(planned(shellPlanner).argv).toEqual(['bash', '-l'])
    expect(planned(shellPlanner, { settings: { command: ['htop'] } }).argv).toEqual(['htop'])
    expect(planned(shellPlanner).warnings).toEqual([])
  })
  test('has no model to log in to', () => {
    expect(codes(planned(shellPlanner, { authToken: 'T' }).blockers)).toEqual(['unsupported-login'])
  })
})

describe.each([claudePlanner, codexPlanner, shellPlanner])('$name', (planner) => {
  test('refuses a setting it does not know, with those it knows, and plans on with the defaults', () => {
    const { blockers, argv } = planned(planner, { settings: { modle: 'x' } })
    expect(blockers).toMatchObject([{ code: 'invalid-settings', message: expect.stringContaining('modle') }])
    expect(blockers[0]!.fix).toContain('Allowed')
    expect(argv).toEqual(planned(planner).argv)
  })
  test('without a login it reaches nothing, and says so if it would need one', () => {
    const { routes, slots, warnings } = planned(planner)
    expect([routes, slots]).toEqual([[], []])
    expect(codes(warnings)).toEqual(planner.name === 'shell' ? [] : ['provider-without-login'])
  })
})
