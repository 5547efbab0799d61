import type { TokenSlot } from '../../contract/plan.ts'
import { HostProblemError, messageOf } from '../../errors.ts'
import type { GuestFile } from '../../providers/guest-file.ts'
import { readHostLogin } from '../../providers/host-logins.ts'

/** The credentials of one launch. Values are held in memory, given to egress, and never to the guest. */
export interface Credentials {
  /** Value by slot. */
  tokens: ReadonlyMap<string, string>
  /** Logins in their own shape with placeholders, for the guest. */
  logins: readonly GuestFile[]
}

interface TokenPlaces {
  hostEnv: Readonly<Record<string, string | undefined>>
  /** Absolute path of the user's own home; absent: logins of this machine cannot be read. */
  userHome?: string | undefined
  /** Epoch milliseconds. */
  now?: number
}

/**
 * Looks up the value of every token slot, at launch and never before.
 * @throws HostProblemError naming the variable that is not set or the login that is missing or expired, and what to do
 */
export async function collectTokens(slots: readonly TokenSlot[], places: TokenPlaces): Promise<Credentials> {
  const tokens = new Map<string, string>()
  const logins: GuestFile[] = []
  for (const { slot, source } of slots) {
    if (source.kind === 'host-env') {
      tokens.set(slot, variable(source.name, places.hostEnv))
      continue
    }
    if (!places.userHome)
      throw new HostProblemError(`The server does not know where ${source.file} is: HOME is not set.`)
    const login = await readHostLogin(source, places.userHome, places.now ?? Date.now())
    if ('message' in login) throw new HostProblemError(`${login.message} ${login.fix}`)
    tokens.set(slot, login.token)
    logins.push(...login.guestFiles)
  }
  return { tokens, logins }
}

/** What can be found of the credentials of a bottle that was launched before. */
export interface FoundCredentials extends Credentials {
  /** What is gone, and why, in words for the operator: a sentence and what to do. */
  missing: readonly { slot: string; why: string }[]
}

/** Looks up every slot again, for a bottle that is up; what is gone is named. */
export async function findTokens(slots: readonly TokenSlot[], places: TokenPlaces): Promise<FoundCredentials> {
  const found = await Promise.all(
    slots.map(async ({ slot, source }) => {
      try {
        return await collectTokens([{ slot, source }], places)
      } catch (error) {
        return { slot, why: whyGone(source, messageOf(error)) }
      }
    }),
  )
  const there = found.filter((each) => 'tokens' in each)
  return {
    tokens: new Map(there.flatMap(({ tokens }) => [...tokens])),
    logins: there.flatMap(({ logins }) => logins),
    missing: found.filter((each) => 'why' in each),
  }
}

/** The words of a launch, without its last: here nothing is reviewed again. */
function whyGone(source: TokenSlot['source'], why: string): string {
  if (source.kind === 'host-env')
    return `${source.name} is not set in the environment of this server. Set it and start the server again.`
  return `${why.replace(/ Then review the launch again\.$/, '')} The bottle gets the new one by itself.`
}

function variable(name: string, hostEnv: TokenPlaces['hostEnv']): string {
  const value = hostEnv[name]?.trim()
  if (!value)
    throw new HostProblemError(
      `The credential ${name} is not set in the environment of this server. Set it, start the server again, and review the launch again.`,
    )
  // A line break in a header would be one request hidden in another; egress would refuse each of them later.
  if (!/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value))
    throw new HostProblemError(
      `The credential ${name} holds characters that no HTTP header can carry. Set it to the token alone, and start the server again.`,
    )
  return value
}
