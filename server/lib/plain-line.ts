/** CSI, OSC and other escape sequences of a terminal (ECMA-48, xterm's ctlseqs). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
const ESCAPES = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|[ -/]*[0-~])/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/**
 * The last line of a piece of output that says anything, as plain text: no escape sequences, control characters or
 * marks that turn the direction of writing.
 *
 * @returns at most `limit` characters; null when no line holds text
 */
export function lastPlainLine(output: string, limit = 200): string | null {
  // The end is enough: a line that is longer than this is cut anyway.
  const lines = output
    .slice(-8192)
    .replace(ESCAPES, '')
    .split(/[\r\n]+/)
  for (const line of lines.reverse()) {
    const plain = line.replace(/\t/g, ' ').replace(CONTROLS, '').trim()
    if (plain) return [...plain].slice(0, limit).join('')
  }
  return null
}
