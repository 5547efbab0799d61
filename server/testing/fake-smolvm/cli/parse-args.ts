import { UsageError } from './usage-error.ts'

interface Option {
  /** Without dashes. */
  long: string
  short?: string
  /** `FILE` for an option with a value; absent for a switch. */
  value?: string
  repeat?: boolean
  /** @throws UsageError when the value cannot be taken */
  check?: (value: string) => void
}

export interface ArgsSpec {
  /** `smolvm machine create [OPTIONS] [NAME]` */
  usage: string
  options: readonly Option[]
  /** Names of positionals; `?` at the end: may be missing. */
  positionals?: readonly string[]
  /** What follows `--`. */
  rest?: 'none' | 'optional' | 'required'
  conflicts?: readonly (readonly [string, string])[]
  requires?: readonly (readonly [string, string])[]
}

export interface Args {
  has(long: string): boolean
  one(long: string): string | undefined
  all(long: string): readonly string[]
  positional(n: number): string | undefined
  rest: readonly string[]
}

/** Parses as strictly as clap does. @throws UsageError for whatever the spec does not name */
export function parseArgs(spec: ArgsSpec, argv: readonly string[]): Args {
  const given = new Map<string, string[]>()
  const positionals: string[] = []
  const split = argv.indexOf('--')
  const rest = split < 0 ? [] : argv.slice(split + 1)
  const words = [...(split < 0 ? argv : argv.slice(0, split))]
  const take = (option: Option, shown: string, inline: string | undefined) => {
    const before = given.get(option.long)
    if (before && option.value && !option.repeat) throw once(option)
    const value = option.value ? (inline ?? valueAfter(words, option, shown)) : 'true'
    if (!option.value && inline !== undefined) {
      throw new UsageError(`unexpected value '${inline}' for '--${option.long}' found; no more were expected`)
    }
    option.check?.(value)
    given.set(option.long, [...(before ?? []), value])
  }
  while (words.length > 0) {
    const word = words.shift()!
    if (word.startsWith('--')) {
      const [name = '', ...inline] = word.slice(2).split('=')
      const option = spec.options.find(({ long }) => long === name)
      if (!option) throw unexpected(`--${name}`)
      take(option, `--${name}`, inline.length > 0 ? inline.join('=') : undefined)
    } else if (word.startsWith('-') && word.length > 1) {
      takeShort(spec, word, take)
    } else if (positionals.length < (spec.positionals?.length ?? 0)) {
      positionals.push(word)
    } else {
      throw unexpected(word)
    }
  }
  refuse(spec, given, positionals, rest, split >= 0)
  return {
    has: (long) => given.has(long),
    one: (long) => given.get(long)?.[0],
    all: (long) => given.get(long) ?? [],
    positional: (n) => positionals[n],
    rest,
  }
}

/** `-it`, `-w/dir`, `-w /dir`. */
function takeShort(
  spec: ArgsSpec,
  word: string,
  take: (option: Option, shown: string, inline: string | undefined) => void,
): void {
  for (let n = 1; n < word.length; n++) {
    const option = spec.options.find(({ short }) => short === word[n])
    if (!option) throw unexpected(`-${word[n]}`)
    const tail = word.slice(n + 1).replace(/^=/, '')
    take(option, `-${word[n]}`, option.value && tail ? tail : undefined)
    if (option.value) return
  }
}

function valueAfter(words: string[], option: Option, shown: string): string {
  const value = words[0]
  if (value === undefined || (value.startsWith('-') && value !== '-')) {
    throw new UsageError(`a value is required for '${shown} <${option.value}>' but none was supplied`)
  }
  words.shift()
  return value
}

function refuse(
  spec: ArgsSpec,
  given: ReadonlyMap<string, unknown>,
  positionals: readonly string[],
  rest: readonly string[],
  split: boolean,
): void {
  if (split && (spec.rest ?? 'none') === 'none' && rest.length > 0) throw unexpected(rest[0]!)
  const wanted = (spec.positionals ?? []).filter((name) => !name.endsWith('?'))
  const missing = wanted.slice(positionals.length).map((name) => `<${name}>`)
  if (spec.rest === 'required' && rest.length === 0) missing.push('<COMMAND>...')
  if (missing.length > 0) {
    throw new UsageError(`the following required arguments were not provided:\n  ${missing.join('\n  ')}`)
  }
  for (const [a, b] of spec.conflicts ?? []) {
    if (given.has(a) && given.has(b)) throw new UsageError(`the argument '--${a}' cannot be used with '--${b}'`)
  }
  for (const [a, b] of spec.requires ?? []) {
    if (given.has(a) && !given.has(b)) throw new UsageError(`the argument '--${a}' needs '--${b}'`)
  }
}

const unexpected = (word: string) => new UsageError(`unexpected argument '${word}' found`)
const once = ({ long, value }: Option) =>
  new UsageError(`the argument '--${long} <${value}>' cannot be used multiple times`)
