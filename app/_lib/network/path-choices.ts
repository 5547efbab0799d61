export interface PathChoice {
  type: 'exact' | 'prefix'
  value: string
}

/** More than this nobody reads; a path of 8 KB may have thousands of segments. */
const MOST = 5
/** Letters that a pattern of a route may have. */
const LONGEST = 2000

/**
 * What may be allowed of a path, the least first: itself, then each folder above it, at last everything. Of a deep path
 * the folders nearest to it and to the root are offered; what is too long for a route is not.
 */
export function pathChoices(path: string): PathChoice[] {
  const clean = path.startsWith('/') ? path : `/${path}`
  const folders: string[] = []
  for (let end = clean.lastIndexOf('/', clean.length - 2); end > 0; end = clean.lastIndexOf('/', end - 1)) {
    folders.push(clean.slice(0, end + 1))
  }
  const offered = folders.length <= MOST ? folders : [...folders.slice(0, 2), ...folders.slice(2 - MOST)]
  const choices: PathChoice[] = [
    { type: 'exact', value: clean },
    ...offered.map((value): PathChoice => ({ type: 'prefix', value })),
    { type: 'prefix', value: '/' },
  ]
  return choices.filter(({ value }) => value.length <= LONGEST)
}

/** `exactly /a/b`, `everything under /a/`, `every path`. */
export function choiceWords({ type, value }: PathChoice): string {
  if (type === 'exact') return `exactly ${value}`
  return value === '/' ? 'every path' : `everything under ${value}`
}
