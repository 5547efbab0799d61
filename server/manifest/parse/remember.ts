/** Files remembered at most; beyond, the one that was parsed first is forgotten. */
const MOST = 1_000

/**
 * Parses a text once: reading a file is cheap, YAML and regexes are not. The text itself is compared, so that what is
 * on disk is always what counts, whatever the file's times say.
 *
 * @returns a function that takes a file's path, its text, and how to parse it
 */
export function remembering<T>(): (path: string, text: string, parse: () => T) => T {
  const known = new Map<string, { text: string; parsed: T }>()
  return (path, text, parse) => {
    const before = known.get(path)
    if (before?.text === text) return before.parsed
    const parsed = parse()
    known.delete(path)
    known.set(path, { text, parsed })
    const [oldest] = known.keys()
    if (known.size > MOST && oldest !== undefined) known.delete(oldest)
    return parsed
  }
}
