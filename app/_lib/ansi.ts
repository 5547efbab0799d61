import { type AnsiColor, paletteColor, rgbColor } from './ansi-color'

/** How a piece of a log line looks. Only what is set differs from plain text. */
export interface AnsiStyle {
  color?: AnsiColor
  background?: AnsiColor
  bold?: true
  dim?: true
  italic?: true
  underline?: true
  strike?: true
  inverse?: true
}

/** A piece of one line: text for a text node, never HTML. */
export interface AnsiSpan {
  text: string
  style: AnsiStyle
  /** A character that would be invisible or reorder the line, written out as `U+202E`. */
  revealed?: true
}

/** A hostile line may change its colour with every letter; beyond this many pieces it stays as it is. */
const MAX_SPANS = 400

// One alternative per kind of sequence (ECMA-48). Strings (OSC, DCS, SOS, PM, APC) end at BEL, ST or the line's end.
// biome-ignore-start lint/suspicious/noControlCharactersInRegex: control characters are what this finds
const CONTROL =
  /(?:\x1b\[|\x9b)([\x30-\x3f]*)[\x20-\x2f]*([\x40-\x7e]?)|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[\x20-\x2f]*[\x30-\x7e]?|[\x00-\x08\x0a-\x1f\x7f-\x9f]/g
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: control characters are what this finds

/**
 * Reorders or hides text: bidirectional controls, zero-width and tag characters, line and paragraph separators.
 * U+200D and variation selectors are left alone, since emoji are written with them.
 */
const DECEPTIVE = /[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\u{e0000}-\u{e007f}]/gu

/**
 * Splits one line of a log into styled text. Colours and weight are kept, every other control sequence is dropped
 * (hyperlinks too: their text stays), and characters that deceive the eye are written out.
 *
 * @param line without its end; of text that a carriage return wrote over, the last is shown, as a terminal would
 */
export function parseAnsi(line: string): AnsiSpan[] {
  const text = lastOverwrite(line)
  const spans: AnsiSpan[] = []
  let style: AnsiStyle = {}
  let from = 0
  for (const match of text.matchAll(CONTROL)) {
    push(spans, text.slice(from, match.index), style)
    from = match.index + match[0].length
    if (match[2] === 'm' && spans.length < MAX_SPANS) style = applySgr(style, match[1] ?? '')
  }
  push(spans, text.slice(from), style)
  return spans
}

/** Text of a bottle for a place that shows one plain line: no control sequence, nothing that deceives the eye. */
export const plainText = (text: string): string =>
  text
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(CONTROL, '')
    .replace(DECEPTIVE, codePointName)

/** The letters of a line as they are shown, for searching in it. */
export const visibleText = (line: string): string =>
  parseAnsi(line)
    .map((span) => span.text)
    .join('')

function lastOverwrite(line: string): string {
  if (!line.includes('\r')) return line
  const parts = line.split('\r').filter((part) => part !== '')
  return parts.at(-1) ?? ''
}

function push(spans: AnsiSpan[], text: string, style: AnsiStyle): void {
  if (text === '') return
  let from = 0
  for (const match of text.matchAll(DECEPTIVE)) {
    append(spans, text.slice(from, match.index), style)
    if (spans.length < MAX_SPANS) spans.push({ text: codePointName(match[0]), style, revealed: true })
    else append(spans, codePointName(match[0]), style)
    from = match.index + match[0].length
  }
  append(spans, text.slice(from), style)
}

function append(spans: AnsiSpan[], text: string, style: AnsiStyle): void {
  if (text === '') return
  const last = spans.at(-1)
  const full = spans.length > MAX_SPANS
  if (last && (full || (!last.revealed && last.style === style))) last.text += text
  else spans.push({ text, style })
}

const codePointName = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

/** @param params between `ESC [` and `m`: numbers parted by `;`, colours also by `:` */
function applySgr(before: AnsiStyle, params: string): AnsiStyle {
  let style: AnsiStyle = before
  const set = (change: AnsiStyle) => {
    style = { ...style, ...change }
  }
  const unset = (...keys: (keyof AnsiStyle)[]) => {
    style = { ...style }
    for (const key of keys) delete style[key]
  }
  const codes = params.split(/[;:]/).map((part) => (part === '' ? 0 : Number(part)))
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!
    if (code === 0) style = {}
    else if (code === 1) set({ bold: true })
    else if (code === 2) set({ dim: true })
    else if (code === 3) set({ italic: true })
    else if (code === 4 || code === 21) set({ underline: true })
    else if (code === 7) set({ inverse: true })
    else if (code === 9) set({ strike: true })
    else if (code === 22) unset('bold', 'dim')
    else if (code === 23) unset('italic')
    else if (code === 24) unset('underline')
    else if (code === 27) unset('inverse')
    else if (code === 29) unset('strike')
    else if (code >= 30 && code <= 37) set({ color: paletteColor(code - 30) })
    else if (code === 39) unset('color')
    else if (code >= 40 && code <= 47) set({ background: paletteColor(code - 40) })
    else if (code === 49) unset('background')
    else if (code >= 90 && code <= 97) set({ color: paletteColor(code - 90 + 8) })
    else if (code >= 100 && code <= 107) set({ background: paletteColor(code - 100 + 8) })
    else if (code === 38 || code === 48) {
      const { color, used } = extendedColor(codes.slice(i + 1))
      i += used
      if (color) set(code === 38 ? { color } : { background: color })
    }
  }
  return style
}

/** `5;n` or `2;r;g;b` (with colons an empty colour space may stand before r, which reads as 0). */
function extendedColor(codes: readonly number[]): { color: AnsiColor | null; used: number } {
  const [kind, a = 0, b = 0, c = 0] = codes
  if (kind === 5) return { color: a <= 255 ? paletteColor(a) : null, used: 2 }
  if (kind === 2) return { color: Math.max(a, b, c) <= 255 ? rgbColor(a, b, c) : null, used: 4 }
  return { color: null, used: 1 }
}
