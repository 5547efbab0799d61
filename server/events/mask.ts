import type { BottleEvent } from '../contract/events.ts'

export const MASK = '•••'

/** Shorter values are replaced only where they stand alone: every `1` of a log turned into a mark would help nobody. */
const SHORT = 4
/** Shorter values are looked for as they are, not in encodings: their base64 is too common a sequence. */
const ENCODED = 6
/** How much of a secret's beginning may stand at the end of an unfinished line. */
const PREFIX = 3

/** What of an event is a fixed word and never text from outside. */
const FIXED_WORDS = new Set(['type', 'step', 'stream', 'unit', 'state', 'outcome', 'rule', 'digest'])

/**
 * Replaces values of secrets by {@link MASK}, as they are and as JSON, URL and base64 (at any offset) write them, also
 * when a line break stands inside (hard wraps, `base64`'s 76 columns). Values are kept in memory only.
 *
 * Not found: a secret that a program transforms in another way, and one that two events share.
 */
export class SecretMask {
  readonly #forms = new Set<string>()
  readonly #alone = new Set<string>()
  #pattern: RegExp | null = null

  /** @param values added to those already known; blank ones are skipped */
  add(values: readonly string[]): void {
    for (const value of values.flatMap(withLines)) {
      if (value.length < SHORT) this.#alone.add(value)
      else for (const form of formsOf(value)) this.#forms.add(form)
    }
    this.#pattern = patternOf(this.#forms, this.#alone)
  }

  text(text: string): string {
    if (!this.#pattern) return text
    // A line break inside what was found stays, so that the number of lines stays.
    return text.replace(this.#pattern, (found) => MASK + '\n'.repeat(found.split('\n').length - 1))
  }

  event(event: BottleEvent): BottleEvent {
    if (!this.#pattern) return event
    const copy = this.#value(event) as BottleEvent
    if (copy.type === 'output' && copy.partial) copy.text = this.#withoutBeginning(copy.text)
    return copy
  }

  /** Every text in a value, however deep. */
  #value(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value)
    if (Array.isArray(value)) return value.map((each) => this.#value(each))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, FIXED_WORDS.has(key) ? each : this.#value(each)]),
    )
  }

  /** Replaces the beginning of a secret at the very end of an unfinished line: the rest is about to follow. */
  #withoutBeginning(text: string): string {
    let cut = 0
    for (const form of this.#forms) {
      for (let length = Math.min(form.length - 1, text.length); length >= PREFIX && length > cut; length -= 1) {
        if (text.endsWith(form.slice(0, length))) cut = length
      }
    }
    return cut === 0 ? text : text.slice(0, -cut) + MASK
  }
}

/** A value of several lines, such as a private key, is a secret as a whole and line by line. */
function withLines(value: string): string[] {
  const whole = value.trim()
  if (whole === '') return []
  const lines = whole
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line.length >= ENCODED)
  return lines.length > 1 ? [whole, ...lines] : [whole]
}

function formsOf(value: string): string[] {
  if (value.length < ENCODED) return [value, JSON.stringify(value).slice(1, -1)]
  const url = encodeURIComponent(value)
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    url,
    url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    url.replaceAll('%20', '+'),
    ...base64At(value, 0),
    ...base64At(value, 1),
    ...base64At(value, 2),
  ]
}

/**
 * The base64 characters that depend on the value alone when `offset` bytes of something else come before it, as in
 * `user:token`. What comes before and after touches the first and last characters, which are left out.
 */
function base64At(value: string, offset: 0 | 1 | 2): string[] {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)])
  const first = Math.ceil((offset * 8) / 6)
  const core = bytes.toString('base64').slice(first, Math.floor((bytes.length * 8) / 6))
  return [core, core.replaceAll('+', '-').replaceAll('/', '_')]
}

/** Longest first, because of forms that begin alike the longest must win. */
function patternOf(forms: ReadonlySet<string>, alone: ReadonlySet<string>): RegExp | null {
  const long = [...forms].sort((a, b) => b.length - a.length).map((form) => [...form].map(escaped).join('\\r?\\n?'))
  const short = [...alone].map((value) => `(?<![\\p{L}\\p{N}])${[...value].map(escaped).join('')}(?![\\p{L}\\p{N}])`)
  const all = [...long, ...short]
  return all.length === 0 ? null : new RegExp(all.join('|'), 'gu')
}

const escaped = (character: string) => character.replace(/[\\^$.*+?()[\]{}|/]/u, '\\$&')
