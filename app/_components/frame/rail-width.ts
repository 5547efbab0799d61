/** Remembered in a cookie, so that the server draws the rail as it was left and nothing jumps. */
export const RAIL_COOKIE = 'bot-bottle-rail'

const YEAR_SECONDS = 31_536_000

export function rememberRail(narrow: boolean): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet
  document.cookie = `${RAIL_COOKIE}=${narrow ? 'narrow' : 'wide'}; path=/; max-age=${YEAR_SECONDS}; samesite=strict`
}
