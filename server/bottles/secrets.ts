import type { BottlePlan } from '../contract/plan.ts'
import { BadInputError, HostProblemError } from '../errors.ts'
import { collectTokens, findTokens } from '../sidecars/egress/tokens.ts'
import type { MissingSecret, SecretsAgain } from './networks.ts'
import type { Room } from './room.ts'
import type { LaunchSecrets } from './steps.ts'

type Host = Pick<Room, 'hostEnv' | 'userHome'>

/**
 * Everything secret that a launch needs: values of the guest's variables and credentials for egress.
 * @throws as `collectSecrets`; HostProblemError naming a credential that is missing or expired, and what to do
 */
export async function launchSecrets(
  plan: BottlePlan,
  given: Readonly<Record<string, string>>,
  host: Host,
): Promise<LaunchSecrets> {
  const secrets = collectSecrets(plan, given, host.hostEnv)
  return { secrets, ...(await collectTokens(plan.egress.slots, host)) }
}

/** What must be in no event, log or recording. */
export const valuesOf = ({ secrets, tokens }: Pick<LaunchSecrets, 'secrets' | 'tokens'>): string[] => [
  ...secrets.values(),
  ...tokens.values(),
]

/**
 * What can be had again for a bottle that is up: credentials from where they were found at launch, values of variables
 * from the host's environment.
 *
 * @param kept values that this server knows because they were given to it; what was asked for is nowhere else
 */
export async function secretsAgain(
  plan: BottlePlan,
  kept: ReadonlyMap<string, string>,
  host: Host,
): Promise<SecretsAgain> {
  const secrets = new Map<string, string>()
  const missing: MissingSecret[] = []
  for (const { name, ...variable } of plan.env) {
    if (variable.origin !== 'host' && variable.origin !== 'asked') continue
    const value = kept.get(name) ?? (variable.origin === 'host' ? host.hostEnv[variable.hostName] : undefined)
    if (value !== undefined) secrets.set(name, value)
    else if (variable.origin === 'asked')
      missing.push({ name, kind: 'typed', why: `${name} was typed at launch, and the server that knew it has ended.` })
    else
      missing.push({
        name,
        kind: 'variable',
        why: `${name} came from the host’s ${variable.hostName}, which is not set for this server.`,
      })
  }
  const credentials = await findTokens(plan.egress.slots, host)
  const gone = credentials.missing.map(({ slot, why }) => ({ name: slot, kind: 'credential' as const, why }))
  return { secrets, tokens: credentials.tokens, logins: credentials.logins, missing: [...missing, ...gone] }
}

/**
 * Gathers the values of the secret variables of a plan, at launch and never before.
 *
 * @param given what the operator typed, by guest name
 * @returns values by guest name, to be held in memory only
 * @throws BadInputError naming what is missing or was not asked for; HostProblemError naming a host variable that is
 *   not set. A value is in neither message.
 */
export function collectSecrets(
  plan: BottlePlan,
  given: Readonly<Record<string, string>>,
  hostEnv: Readonly<Record<string, string | undefined>>,
): Map<string, string> {
  const asked = plan.env.filter((variable) => variable.origin === 'asked').map(({ name }) => name)
  const unknown = Object.keys(given).filter((name) => !asked.includes(name))
  if (unknown.length > 0)
    throw new BadInputError(
      `The plan does not ask for ${unknown.join(', ')}, so nothing was launched. Review it again.`,
    )
  const missing = asked.filter((name) => !given[name])
  if (missing.length > 0)
    throw new BadInputError(`A value is missing for ${missing.join(', ')}. Fill it in and confirm again.`, {
      data: { missing },
    })

  const secrets = new Map(asked.map((name) => [name, given[name]!]))
  for (const variable of plan.env) {
    if (variable.origin !== 'host') continue
    const value = hostEnv[variable.hostName]
    if (value === undefined)
      throw new HostProblemError(
        `${variable.name} is taken from the host's ${variable.hostName}, which is not set for this server. ` +
          'Set it, start the server again, and review the launch again.',
      )
    secrets.set(variable.name, value)
  }
  return secrets
}
