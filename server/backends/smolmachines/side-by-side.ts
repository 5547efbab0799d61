/** Between two steps of a branch: throws when the other one has failed meanwhile. */
export type StillWanted = () => void

/** Why a branch ended that did not fail itself. */
class OtherFailed extends Error {
  override message = 'The other branch failed.'
}

/**
 * Two branches of a launch at once. When one fails the other finishes the step that it is at and begins no more; both
 * have ended before the failure is told, so that nothing is made while what was made is removed.
 */
export async function sideBySide<A, B>(
  first: (still: StillWanted) => Promise<A>,
  second: (still: StillWanted) => Promise<B>,
): Promise<[A, B]> {
  let failed = false
  const still = () => {
    if (failed) throw new OtherFailed()
  }
  const noting = <T>(branch: Promise<T>): Promise<T> =>
    branch.catch((error: unknown) => {
      failed = true
      throw error
    })
  const [one, two] = await Promise.allSettled([noting(first(still)), noting(second(still))])
  const causes = [two, one].flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []))
  const cause = causes.find((each) => !(each instanceof OtherFailed))
  if (one.status === 'rejected' || two.status === 'rejected') throw cause
  return [one.value, two.value]
}
