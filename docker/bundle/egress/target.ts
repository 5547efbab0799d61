import { Refusal } from './refusal.ts'

/** A request target in origin form, as it is matched *and* as it goes upstream. */
export interface Target {
  path: string
  /** With its `?`, or empty. */
  query: string
}

const PRINTABLE = /^\/[\x21-\x7e]*$/
const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2})/
/** Characters that some server decodes into a path of another meaning: `.` `/` `\` NUL, and `%` that hides a second escape. */
const TRICKY_ESCAPE = /%(?:2e|2f|5c|00|25)/i
const UNRESERVED = /^[A-Za-z0-9._~-]$/

/**
 * Brings a request target into one form before it is matched; what was matched is what is sent.
 *
 * Escapes of unreserved characters are decoded and the others written in upper case (RFC 3986, 6.2.2).
 * @param hasPathRule a route that tells paths apart refuses every shape that servers read in different ways;
 *   a route for a whole host needs `%2f` (npm's scoped packages)
 * @throws Refusal
 */
export function requestTarget(raw: string, hasPathRule: boolean): Target {
  if (!PRINTABLE.test(raw) || raw.includes('\\') || raw.includes('#')) {
    throw new Refusal(
      'malformed',
      400,
      'The path must start with “/” and hold only printable ASCII without “\\” or “#”.',
    )
  }
  const at = raw.indexOf('?')
  const rawPath = at === -1 ? raw : raw.slice(0, at)
  if (BAD_ESCAPE.test(rawPath)) throw new Refusal('path', 400, 'The path has a broken % escape.')
  if (hasPathRule && (TRICKY_ESCAPE.test(rawPath) || rawPath.includes('//') || rawPath.includes(';'))) {
    throw new Refusal(
      'path',
      400,
      'This route is limited to paths: “//”, “;” and escaped dots, slashes or percent signs are refused.',
    )
  }
  const path = normalised(rawPath)
  if (/(?:^|\/)\.{1,2}(?:\/|$)/.test(path)) throw new Refusal('path', 400, 'Dot segments in a path are refused.')
  return { path, query: at === -1 ? '' : raw.slice(at) }
}

function normalised(path: string): string {
  if (!path.includes('%')) return path
  return path.replace(/%[0-9A-Fa-f]{2}/g, (escaped) => {
    const char = String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
    return UNRESERVED.test(char) ? char : escaped.toUpperCase()
  })
}
