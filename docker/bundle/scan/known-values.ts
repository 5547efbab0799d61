import { byteClass } from './byte-class.ts'
import { SampledSearch, type Sought } from './sampled-search.ts'
import { ownersOf, type Shard, shardsOf } from './shards.ts'

/** A secret of this bottle, by a name that may be shown. */
export interface KnownValue {
  name: string
  value: string
}

/** Shorter values would be found in innocent text. */
export const SHORTEST_VALUE = 8 // characters
const GRAM = 12 // characters of the plain value: a piece this long is enough to say that it leaves
const SQUEEZED_GRAM = 16

/** Public beginnings of tokens say nothing about the secret. */
const PUBLIC_PREFIX =
  /^(?:sk-ant-[a-z]{2,4}\d{2}-|sk-proj-|sk-|github_pat_|gh[pousr]_|glpat-|xox[abps]-|npm_|pypi-|AKIA|eyJ[A-Za-z0-9_-]{0,40}\.)/

/** Every way in which a whole value is commonly written; also what redaction replaces. */
export function writtenForms(value: string): string[] {
  const raw = Buffer.from(value)
  const forms = new Set([
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    [...raw].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join(''),
    raw.toString('hex'),
    raw.toString('hex').toUpperCase(),
    [...value].reverse().join(''),
  ])
  // Base64 depends on where in its surroundings the value begins: three alignments, less the characters that
  // the neighbours have a part in.
  for (let shift = 0; shift < 3; shift++) {
    const text = Buffer.concat([Buffer.alloc(shift), raw])
      .toString('base64')
      .replace(/=+$/, '')
    const own = text.slice(shift === 0 ? 0 : shift + 1, (shift + raw.length) % 3 === 0 ? undefined : -1)
    forms.add(own)
    forms.add(own.replaceAll('+', '-').replaceAll('/', '_'))
  }
  return [...forms]
}

const LETTERS_AND_DIGITS = byteClass('A-Za-z0-9')
const BLOCK = 32 * 1024 // bytes: stays in the processor's cache

/** Looks for the bottle's own secrets, whole or in pieces, in every common encoding. */
export class KnownValues {
  readonly #plain: Index | null
  readonly #shards: readonly Shard[]
  readonly #squeezed: Index | null
  readonly #block = Buffer.allocUnsafeSlow(BLOCK)
  readonly #values: readonly KnownValue[]
  /** Forms in latin1; made when first needed. */
  #redacted: string[] | null = null

  constructor(values: readonly KnownValue[]) {
    this.#values = values.filter(({ value }) => value.length >= SHORTEST_VALUE)
    this.#shards = this.#values.flatMap(({ name, value }) => shardsOf(name, value))
    this.#plain = indexOf(this.#values, wholeAndPieces, this.#shards)
    this.#squeezed = indexOf(this.#values, squeezedForms)
  }

  /** Windows that are looked for, in all: what this costs to set up and to hold. */
  get windows(): number {
    return (this.#plain?.search.windows ?? 0) + (this.#squeezed?.search.windows ?? 0)
  }

  /** @returns names of the values of which a piece stands in these bytes, or several small ones anywhere */
  findIn(bytes: Uint8Array): Set<string> {
    const names = new Set<string>()
    if (!this.#plain) return names
    const found = this.#plain.search.search(bytes)
    if (found.size === 0) return names
    const owners = this.#plain.names
    const shards: Shard[] = []
    for (const i of found) {
      if (i < owners.length) names.add(owners[i]!)
      else shards.push(this.#shards[i - owners.length]!)
    }
    for (const name of ownersOf(shards)) names.add(name)
    return names
  }

  /** As `findIn`, in what is left of these bytes without separators: they may have been put into a value. */
  findSqueezed(bytes: Uint8Array): Set<string> {
    const names = new Set<string>()
    if (!this.#squeezed) return names
    const block = this.#block
    const kept = this.#squeezed.search.longest - 1
    let size = 0
    for (let at = 0; at < bytes.length; ) {
      const end = Math.min(bytes.length, at + BLOCK - size)
      size = squeeze(bytes, at, end, block, size)
      at = end
      // Half a block at least, so that the seams are few.
      if (size < BLOCK / 2 && at < bytes.length) continue
      for (const i of this.#squeezed.search.search(block.subarray(0, size))) names.add(this.#squeezed.names[i]!)
      // What lies across two blocks begins in the first.
      block.copyWithin(0, Math.max(0, size - kept), size)
      size = Math.min(size, kept)
    }
    return names
  }

  /** Replaces whole values in all their written forms. @param text latin1 */
  redact(text: string, replacement: string): string {
    let left = text
    this.#redacted ??= this.#values.flatMap(({ value }) =>
      writtenForms(value).map((form) => Buffer.from(form).toString('latin1')),
    )
    for (const form of this.#redacted) left = left.replaceAll(form, replacement)
    return left
  }
}

/** Puts the letters and digits of a part of `bytes` into `block`. @returns how much of it is used now */
function squeeze(bytes: Uint8Array, from: number, to: number, block: Uint8Array, used: number): number {
  let size = used
  let at = from
  // Without a branch: whether a byte stays is known from where the next one goes. Four in a turn take half the time.
  for (; at + 4 <= to; at += 4) {
    const a = bytes[at]!
    const b = bytes[at + 1]!
    const c = bytes[at + 2]!
    const d = bytes[at + 3]!
    block[size] = a
    size += LETTERS_AND_DIGITS[a]!
    block[size] = b
    size += LETTERS_AND_DIGITS[b]!
    block[size] = c
    size += LETTERS_AND_DIGITS[c]!
    block[size] = d
    size += LETTERS_AND_DIGITS[d]!
  }
  for (; at < to; at++) {
    block[size] = bytes[at]!
    size += LETTERS_AND_DIGITS[bytes[at]!]!
  }
  return size
}

interface Index {
  search: SampledSearch
  /** Whose each text is. */
  names: readonly string[]
}

/** @param more what is looked for besides, by indices after those of `names` */
function indexOf(
  values: readonly KnownValue[],
  soughtIn: (value: string) => Sought[],
  more: readonly Sought[] = [],
): Index | null {
  const texts = values.flatMap(({ name, value }) => soughtIn(value).map((sought) => ({ name, sought })))
  if (texts.length === 0) return null
  return {
    search: new SampledSearch([...texts.map(({ sought }) => sought), ...more]),
    names: texts.map(({ name }) => name),
  }
}

/** @param characters so many of it are enough; beyond ASCII each is several bytes */
function sought(text: string, characters: number): Sought {
  const bytes = Buffer.from(text)
  return { bytes, enough: Math.ceil((characters * bytes.length) / text.length) }
}

/** What is secret of a value. */
function secretPart(value: string): string {
  const rest = value.replace(PUBLIC_PREFIX, '')
  return rest.length >= SHORTEST_VALUE ? rest : value
}

function wholeAndPieces(value: string): Sought[] {
  const secret = secretPart(value)
  return writtenForms(secret).map((form) => sought(form, form.length > secret.length * 1.2 ? GRAM * 2 : GRAM))
}

function squeezedForms(value: string): Sought[] {
  const core = value.replace(PUBLIC_PREFIX, '').replace(/[^A-Za-z0-9]+/g, '')
  if (core.length < SQUEEZED_GRAM) return []
  return [core, [...core].reverse().join('')].map((form) => sought(form, SQUEEZED_GRAM))
}
