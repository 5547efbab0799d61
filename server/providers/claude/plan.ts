import { join } from 'node:path'
import { z } from 'zod'
import type { EnvPlan } from '../../contract/plan.ts'
import { GUEST_HOME, PLACEHOLDER_TOKEN } from '../guest.ts'
import { modelRoute } from '../model-route.ts'
import type { ProviderPlanner } from '../plan.ts'
import { readSettings } from '../settings.ts'

const settingsSchema = z.strictObject({
  /** An alias such as `opus`, or a full model name. */
  model: z.string().min(1).max(200).optional(),
  effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).optional(),
  /** The bottle is the boundary, so the agent need not ask before each act. Any other mode brings the questions back. */
  permission_mode: z
    .enum(['bypassPermissions', 'acceptEdits', 'auto', 'dontAsk', 'manual', 'plan'])
    .default('bypassPermissions'),
  /** Further arguments, as they are. */
  args: z.array(z.string()).max(100).default([]),
})

/** Paths that need the credential; it is added nowhere else (telemetry, feature flags). */
const PATHS = [
  { type: 'prefix', value: '/v1/messages' },
  { type: 'prefix', value: '/v1/models' },
  { type: 'exact', value: '/api/hello' },
  // What an organisation rules for its members; asked for at each start.
  { type: 'exact', value: '/api/claude_code/settings' },
  { type: 'exact', value: '/api/claude_code/policy_limits' },
] as const

/**
 * Claude Code. Flags as 2.1.329 takes them (the version that its Dockerfile pins).
 * @see https://code.claude.com/docs/en/cli-reference
 */
export const claudePlanner: ProviderPlanner = {
  name: 'claude',
  plan({ authToken, forwardHostCredentials, settings: given, prompt }, { root }) {
    const { settings, blockers } = readSettings('claude', settingsSchema, given)
    // An API key travels in a header of its own; what `claude setup-token` prints is a bearer token.
    const apiKey = authToken !== null && /API_?KEY/i.test(authToken)
    const env = (name: string, value: string): EnvPlan & { origin: 'provider' } => ({
      name,
      origin: 'provider',
      value,
      from: 'claude',
    })
    const login = authToken
      ? modelRoute('claude', {
          host: 'api.anthropic.com',
          paths: PATHS,
          auth: apiKey ? { scheme: 'header', header: 'x-api-key' } : { scheme: 'Bearer', header: 'Authorization' },
          slot: { slot: authToken, source: { kind: 'host-env', name: authToken } },
        })
      : null
    return {
      dockerfile: join(root, 'docker/agents/claude/Dockerfile'),
      argv: [
        'claude',
        ...(settings.permission_mode === 'bypassPermissions'
          ? ['--dangerously-skip-permissions']
          : ['--permission-mode', settings.permission_mode]),
        ...(settings.model ? ['--model', settings.model] : []),
        ...(settings.effort ? ['--effort', settings.effort] : []),
        ...(prompt.text ? ['--append-system-prompt-file', prompt.guestPath] : []),
        ...settings.args,
      ],
      settings,
      env: [
        env('CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC', '1'),
        env('DISABLE_AUTOUPDATER', '1'),
        // Else each start fetches a catalogue of plugins, from hosts to which no route leads.
        env('CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL', '1'),
        ...(authToken ? [env(apiKey ? 'ANTHROPIC_API_KEY' : 'CLAUDE_CODE_OAUTH_TOKEN', PLACEHOLDER_TOKEN)] : []),
      ],
      routes: login ? [login.route] : [],
      slots: login ? [login.slot] : [],
      skillsPath: `${GUEST_HOME}/.claude/skills`,
      instructionsPath: null,
      blockers: forwardHostCredentials
        ? [
            ...blockers,
            {
              code: 'unsupported-login',
              message: 'claude cannot use forward_host_credentials.',
              fix: 'Remove it and set auth_token to a variable with what `claude setup-token` prints.',
            },
          ]
        : blockers,
      warnings: login
        ? []
        : [
            {
              code: 'provider-without-login',
              message: 'claude has no credential, so it starts and cannot reach its model.',
              fix: 'Set agent_provider.auth_token to a variable of the host, such as CLAUDE_CODE_OAUTH_TOKEN.',
            },
          ],
    }
  },
}
