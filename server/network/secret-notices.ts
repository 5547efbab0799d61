import type { MissingSecret } from '../bottles/networks.ts'

/**
 * What a bottle goes without because its server or its bundle was started again, in sentences for the operator.
 *
 * @param given names of what the bundle has been handed
 */
export function secretNotices(missing: readonly MissingSecret[], given: ReadonlySet<string>): string[] {
  return missing.flatMap(({ name, kind, why }) => {
    if (kind === 'credential')
      return given.has(name) ? [] : [`${why} Until then, requests that need the credential ${name} are refused.`]
    const looked = given.has(name)
      ? 'Egress still looks for it in what leaves.'
      : 'Egress no longer looks for its value in what leaves, either.'
    return [
      `${why} Its value can no longer be masked in the log and the terminal’s recording. ${looked} Stop the bottle and launch it again where that matters.`,
    ]
  })
}
