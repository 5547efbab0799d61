import { join } from 'node:path'
import type { EnvPlan, PlanNotice } from '../../contract/plan.ts'
import { GUEST_HOME, PLACEHOLDER_TOKEN } from '../guest.ts'
import { CODEX_LOGIN } from '../host-logins.ts'
import { modelRoute } from '../model-route.ts'
import type { ProviderPlanner } from '../plan.ts'
import { readSettings } from '../settings.ts'
import { codexSettings } from './settings.ts'

/** Where an API key leads, and where an account's session does. Codex itself names the account in a header. */
const API = {
  host: 'api.openai.com',
  paths: [
    { type: 'prefix', value: '/v1/responses' },
    { type: 'prefix', value: '/v1/models' },
  ],
} as const
const ACCOUNT = {
  host: 'chatgpt.com',
  paths: [
    // Not the folder above them: analytics are in it, and need no credential.
    { type: 'prefix', value: '/backend-api/codex/responses' },
    { type: 'prefix', value: '/backend-api/codex/models' },
    // Which of the account's workspaces to go to: without an answer codex does not begin.
    { type: 'exact', value: '/backend-api/wham/accounts/check' },
    // What is left of the account's limits, which codex shows.
    { type: 'exact', value: '/backend-api/wham/usage' },
  ],
} as const

/**
 * OpenAI Codex, with flags as 0.169.0 takes them (the version that its Dockerfile pins). It has no flag for a prompt file: it reads `~/.codex/AGENTS.md`, so the prompt is linked there.
 * @see https://developers.openai.com/codex/cli/reference, /codex/guides/agents-md and /codex/skills there
 */
export const codexPlanner: ProviderPlanner = {
  name: 'codex',
  plan({ authToken, forwardHostCredentials, hostLogin, settings: given }, { root }) {
    const { settings, blockers } = readSettings('codex', codexSettings, given)
    const bearer = { scheme: 'Bearer', header: 'Authorization' } as const
    const logins = [
      ...(authToken
        ? [
            modelRoute('codex', {
              ...API,
              auth: bearer,
              slot: { slot: authToken, source: { kind: 'host-env', name: authToken } },
            }),
          ]
        : []),
      ...(forwardHostCredentials
        ? [
            modelRoute('codex', {
              ...(hostLogin === 'api-key' ? API : ACCOUNT),
              auth: bearer,
              slot: { slot: 'codex-login', source: CODEX_LOGIN },
            }),
          ]
        : []),
    ]
    const env: (EnvPlan & { origin: 'provider' })[] = authToken
      ? [{ name: 'OPENAI_API_KEY', origin: 'provider', value: PLACEHOLDER_TOKEN, from: 'codex' }]
      : []
    return {
      dockerfile: join(root, 'docker/agents/codex/Dockerfile'),
      argv: [
        'codex',
        '--sandbox',
        settings.sandbox,
        '--ask-for-approval',
        settings.approval,
        ...(settings.model ? ['--model', settings.model] : []),
        ...(settings.reasoning_effort ? ['--config', `model_reasoning_effort="${settings.reasoning_effort}"`] : []),
        ...settings.args,
      ],
      settings,
      env,
      routes: logins.map((login) => login.route),
      slots: logins.map((login) => login.slot),
      skillsPath: `${GUEST_HOME}/.agents/skills`,
      instructionsPath: `${GUEST_HOME}/.codex/AGENTS.md`,
      blockers: authToken && forwardHostCredentials ? [...blockers, TWO_LOGINS] : blockers,
      warnings: [
        ...(logins.length > 0 ? [] : [NO_LOGIN]),
        ...(settings.sandbox === 'danger-full-access' ? [] : [sandboxInContainer(settings.sandbox)]),
      ],
    }
  },
}

const TWO_LOGINS: PlanNotice = {
  code: 'two-logins',
  message: 'codex has both auth_token and forward_host_credentials, and can use only one login.',
  fix: 'Remove one of the two from agent_provider.',
}
const NO_LOGIN: PlanNotice = {
  code: 'provider-without-login',
  message: 'codex has no credential, so it starts and cannot reach its model.',
  fix: 'Set agent_provider.auth_token to OPENAI_API_KEY, or forward_host_credentials to true.',
}
const sandboxInContainer = (sandbox: string): PlanNotice => ({
  code: 'sandbox-in-container',
  message: `codex makes its own sandbox (${sandbox}) out of namespaces, which a container may not make: it runs no command.`,
  fix: 'Leave sandbox out of agent_provider.settings: the bottle is the boundary.',
})
