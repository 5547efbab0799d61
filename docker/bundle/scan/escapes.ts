/** Bytes on both sides of an escape that are looked at again, and further to where a word ends. */
const NEAR = 512
const FAR = 24 * 1024 // longer than any token

/**
 * Reads the escape that begins at a byte.
 * @returns the length of the escape times 512, plus what it stands for, or plus 256 for nothing at all; 0: no escape
 */
type ReadEscape = (bytes: Uint8Array, at: number) => number

/** The ways in which single characters are written differently, by the byte that each begins with. */
export const ESCAPES: readonly (readonly [lead: number, read: ReadEscape])[] = [
  [0x25, percent],
  [0x5c, json],
  [0x26, entity],
  [0x00, () => 512 + 256], // the other half of a character of UTF-16
]

/**
 * Undoes one kind of escape wherever it stands. Only the surroundings of escapes are in the result, one to a line: the rest
 * of the text says what it said before, and has been looked at.
 * @returns null when there is none
 */
export function unescaped(bytes: Buffer, lead: number, read: ReadEscape): Buffer | null {
  let at = bytes.indexOf(lead)
  if (at === -1) return null
  let out: Buffer | null = null
  let size = 0
  let done = 0 // all before this is in the result or left out
  for (; at !== -1; at = next(bytes, lead, at + 1)) {
    const one = read(bytes, at)
    if (one === 0) continue
    // Every escape is longer than what it stands for, and a new line is only begun where something is left out.
    const isFirst = out === null
    out ??= Buffer.allocUnsafeSlow(bytes.length)
    if (at - done > 2 * NEAR) {
      const before = isFirst ? done : wordEnd(bytes, done + NEAR, Math.min(at, done + FAR))
      const after = wordBegin(bytes, at - NEAR, Math.max(done, at - FAR))
      if (after > before) {
        size += bytes.copy(out, size, done, before)
        if (!isFirst) out[size++] = 0x0a
        done = after
      }
    }
    if (at - done > 64) size += bytes.copy(out, size, done, at)
    else while (done < at) out[size++] = bytes[done++]!
    if ((one & 256) === 0) out[size++] = one & 255
    at += (one >>> 9) - 1
    done = at + 1
  }
  if (!out) return null
  const last = wordEnd(bytes, done + NEAR, Math.min(bytes.length, done + FAR))
  size += bytes.copy(out, size, done, Math.min(bytes.length, last))
  return out.subarray(0, size)
}

/** Escapes come in crowds, where calling `indexOf` costs more than a look, or hardly at all. */
function next(bytes: Buffer, lead: number, from: number): number {
  const soon = Math.min(bytes.length, from + 48)
  for (let at = from; at < soon; at++) if (bytes[at] === lead) return at
  return soon === bytes.length ? -1 : bytes.indexOf(lead, soon)
}

const isWord = (byte: number): boolean => byte > 0x20

function wordEnd(bytes: Uint8Array, from: number, most: number): number {
  let end = from
  while (end < most && isWord(bytes[end]!)) end++
  return end
}
function wordBegin(bytes: Uint8Array, from: number, least: number): number {
  let begin = from
  while (begin > least && isWord(bytes[begin - 1]!)) begin--
  return begin
}

const HEX = new Int8Array(256).fill(-1)
for (let digit = 0; digit < 16; digit++) {
  HEX[digit.toString(16).charCodeAt(0)] = digit
  HEX[digit.toString(16).toUpperCase().charCodeAt(0)] = digit
}

/** @returns the byte that two hexadecimal digits say, or a negative number. Past the end is no digit. */
export const hexByte = (bytes: Uint8Array, at: number): number => {
  const high = HEX[bytes[at]!] ?? -1
  const low = HEX[bytes[at + 1]!] ?? -1
  return high < 0 || low < 0 ? -1 : high * 16 + low
}

function percent(bytes: Uint8Array, at: number): number {
  const value = hexByte(bytes, at + 1)
  return value < 0 ? 0 : 3 * 512 + value
}

/** `\uXXXX`, `\xXX`, `\n` and `\"` wherever they stand; faster ways need well-formed JSON, and an attacker's is not. */
function json(bytes: Uint8Array, at: number): number {
  const kind = bytes[at + 1]
  if (kind === undefined || kind === 0x0a) return 0
  if (kind === 0x75 && hexByte(bytes, at + 2) >= 0) {
    const value = hexByte(bytes, at + 4)
    if (value >= 0) return 6 * 512 + value
  }
  if (kind === 0x78) {
    const value = hexByte(bytes, at + 2)
    if (value >= 0) return 4 * 512 + value
  }
  return 2 * 512 + (kind === 0x6e || kind === 0x72 || kind === 0x74 ? 0x0a : kind)
}

/** `&#65;` and `&#x41;`. */
function entity(bytes: Uint8Array, at: number): number {
  if (bytes[at + 1] !== 0x23) return 0
  const isHex = bytes[at + 2] === 0x78 || bytes[at + 2] === 0x58
  const begin = at + (isHex ? 3 : 2)
  let end = begin
  let value = 0
  for (; end - begin < (isHex ? 4 : 5); end++) {
    const digit = HEX[bytes[end]!] ?? -1
    if (digit < 0 || (!isHex && digit > 9)) break
    value = value * (isHex ? 16 : 10) + digit
  }
  return end === begin || bytes[end] !== 0x3b ? 0 : (end + 1 - at) * 512 + (value & 255)
}
