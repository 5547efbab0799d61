/** How often, and after how long, a part of the program that did not load is asked for again, ms. */
const LOAD_AGAIN_MS = [200, 500, 1000, 2000, 4000]

/**
 * Loads a part of the program that the page does not begin with. A launch makes networks just when its page loads the
 * terminal, and a browser drops requests that are under way when a network interface comes (ERR_NETWORK_CHANGED).
 *
 * @param load `() => import('./part')`
 * @throws what the last try says
 */
export async function loadAgain<T>(load: () => Promise<T>): Promise<T> {
  for (const delay of LOAD_AGAIN_MS) {
    try {
      return await load()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, delay))
    }
  }
  return await load()
}
