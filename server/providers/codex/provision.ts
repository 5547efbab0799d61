import type { CommonPlan } from '../../contract/plan.ts'
import { GUEST_HOME } from '../guest.ts'
import type { GuestFile } from '../guest-file.ts'
import { API_KEY_LOGIN, guestLogin } from './host-login.ts'
import { codexSettings } from './settings.ts'

/**
 * Codex as if its first questions had been answered: trust in the folder, no sandbox of its own, and a login where the
 * bottle has one. What argv says is said here too, so that `codex exec` in a shell beside the agent works alike.
 *
 * @see https://developers.openai.com/codex/config-reference
 */
export const codexFiles = (plan: CommonPlan): GuestFile[] => {
  const login = loginOf(plan)
  return [
    { path: `${GUEST_HOME}/.codex/config.toml`, mode: 0o600, content: config(plan) },
    ...(login ? [guestLogin(login)] : []),
  ]
}

function config({ provider, workspace }: CommonPlan): string {
  const { sandbox, approval } = codexSettings.parse(provider.settings)
  return `# Written by bot-bottle. The bottle's agent_provider.settings change what is said here.
sandbox_mode = "${sandbox}"
approval_policy = "${approval}"
check_for_update_on_startup = false
# OpenAI as codex knows it, but without WebSockets: a route allows none, and codex would try for ten seconds.
model_provider = "openai-over-https"

[model_providers.openai-over-https]
name = "OpenAI"
wire_api = "responses"
requires_openai_auth = true
supports_websockets = false

[features]
# What leaves is scanned, and redacted where it has to be: both need to read it.
enable_request_compression = false
# A second process that outlives the first; here everything ends with the agent.
daemon_auto_start = false
# The account's connectors and plugins: no route leads to them, and each start would knock at a dozen closed doors.
apps = false
plugins = false
remote_plugin = false

[analytics]
enabled = false

# A JSON string is a TOML basic string.
[projects.${JSON.stringify(workspace.guestPath)}]
trust_level = "trusted"
`
}

/**
 * What `codex login --with-api-key` would have written, without a secret in it: egress adds the real credential. A login
 * that is forwarded from the host comes with the launch instead, because its account and expiry are in no plan.
 */
function loginOf({ env }: CommonPlan): object | null {
  if (!env.some(({ name, origin }) => name === 'OPENAI_API_KEY' && origin === 'provider')) return null
  return API_KEY_LOGIN
}
