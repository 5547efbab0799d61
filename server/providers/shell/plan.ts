import { join } from 'node:path'
import { z } from 'zod'
import type { PlanNotice } from '../../contract/plan.ts'
import { GUEST_HOME } from '../guest.ts'
import type { ProviderPlanner } from '../plan.ts'
import { readSettings } from '../settings.ts'

const settingsSchema = z.strictObject({
  /** What runs in the terminal, as program and arguments. */
  command: z.array(z.string().min(1)).min(1).max(100).default(['bash', '-l']),
})

/** No agent at all: a login shell, to look around in a bottle or to run a program by hand. */
export const shellPlanner: ProviderPlanner = {
  name: 'shell',
  plan({ authToken, forwardHostCredentials, settings: given }, { root }) {
    const { settings, blockers } = readSettings('shell', settingsSchema, given)
    return {
      dockerfile: join(root, 'docker/agents/shell/Dockerfile'),
      argv: settings.command,
      settings,
      env: [],
      routes: [],
      slots: [],
      skillsPath: `${GUEST_HOME}/skills`,
      instructionsPath: null,
      blockers: authToken || forwardHostCredentials ? [...blockers, NO_MODEL] : blockers,
      warnings: [],
    }
  },
}

const NO_MODEL: PlanNotice = {
  code: 'unsupported-login',
  message: 'A shell has no model, so it cannot use auth_token or forward_host_credentials.',
  fix: 'Remove them, and write a route with auth.token_ref for what the shell should reach.',
}
