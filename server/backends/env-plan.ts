import type { EnvPlan, PlanNotice } from '../contract/plan.ts'
import type { EnvDeclaration } from '../manifest/request.ts'
import { PLACEHOLDER_TOKEN } from '../providers/guest.ts'

/**
 * The guest's variables by name. A bottle's value wins over a provider's switch, but not over the placeholder of a
 * login: there, a real token would end up in the agent's hands.
 */
export function planEnv(
  declared: ReadonlyMap<string, EnvDeclaration>,
  provided: readonly (EnvPlan & { origin: 'provider' })[],
): { env: EnvPlan[]; warnings: PlanNotice[] } {
  const warnings: PlanNotice[] = []
  const env = new Map<string, EnvPlan>(provided.map((each) => [each.name, each]))
  for (const [name, value] of declared) {
    const own = provided.find((each) => each.name === name)
    if (own?.value === PLACEHOLDER_TOKEN) {
      warnings.push({
        code: 'variable-overridden',
        message: `${name} of the bottle ${value.from} is not used: the agent gets a placeholder, and egress adds the credential.`,
        fix: `Remove ${name} from env, or auth_token from agent_provider.`,
      })
      continue
    }
    env.set(name, planned(name, value))
  }
  return { env: [...env.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), warnings }
}

function planned(name: string, value: EnvDeclaration): EnvPlan {
  const { from } = value
  switch (value.kind) {
    case 'literal':
      return { name, origin: 'literal', value: value.value, from }
    case 'host':
      return { name, origin: 'host', hostName: value.hostName, from }
    case 'asked':
      return { name, origin: 'asked', message: value.message, from }
    default:
      return value satisfies never
  }
}
