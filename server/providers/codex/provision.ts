import type { CommonPlan } from '../../contract/plan.ts'
import { GUEST_HOME } from '../guest.ts'
import type { GuestFile } from '../guest-file.ts'
import { API_KEY_LOGIN, guestLogin } from './host-login.ts'

/**
 * Codex as if its first questions had been answered: trust in the folder, and a login where the bottle has one.
 *
 * @see https://github.com/openai/codex/blob/main/docs/config.md
 */
export const codexFiles = (plan: CommonPlan): GuestFile[] => {
  const login = loginOf(plan)
  return [
    {
      path: `${GUEST_HOME}/.codex/config.toml`,
      mode: 0o600,
      content: [
        'check_for_update_on_startup = false',
        // OpenAI as codex knows it, but without WebSockets: a route allows none, and codex would try for ten seconds.
        'model_provider = "openai-over-https"',
        '',
        '[model_providers.openai-over-https]',
        'name = "OpenAI"',
        'wire_api = "responses"',
        'requires_openai_auth = true',
        'supports_websockets = false',
        '',
        // A JSON string is a TOML basic string.
        `[projects.${JSON.stringify(plan.workspace.guestPath)}]`,
        'trust_level = "trusted"',
        '',
      ].join('\n'),
    },
    ...(login ? [guestLogin(login)] : []),
  ]
}

/**
 * What `codex login --with-api-key` would have written, without a secret in it: egress adds the real credential. A login
 * that is forwarded from the host comes with the launch instead, because its account and expiry are in no plan.
 */
function loginOf({ env }: CommonPlan): object | null {
  if (!env.some(({ name, origin }) => name === 'OPENAI_API_KEY' && origin === 'provider')) return null
  return API_KEY_LOGIN
}
