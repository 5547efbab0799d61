/**
 * Pages of a server that runs would be pulled away by a build in the same folder.
 *
 * @throws when one of ours answers on that port
 */
export async function refuseToBuildUnder(/** @type {string} */ port) {
  const answer = await fetch(`http://127.0.0.1:${port}/api/health`, { signal: AbortSignal.timeout(2000) })
    .then((response) => response.json())
    .catch(() => null)
  if (answer?.version === undefined) return
  throw new Error(
    `A bot-bottle dashboard already runs on http://localhost:${port}, and the sources have changed since it was built. Stop it, then start again.`,
  )
}
