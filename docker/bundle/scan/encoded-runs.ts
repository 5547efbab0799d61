import type { Budget } from './budget.ts'
import { byteClass } from './byte-class.ts'
import { hexByte } from './escapes.ts'
import { startsZip, unzipped } from './inflate.ts'
import { endOfRun, nextRun } from './next-run.ts'

const BASE64 = byteClass('A-Za-z0-9+/_-')
const SHORTEST_BASE64 = 16 // characters
const SHORTEST_LINE = 2 // the last one may be as short
const HEX_AND_SEPARATORS = byteClass('0-9A-Fa-f :')
const SHORTEST_HEX = 8 // pairs
const SHORTEST_RESULT = 8 // bytes: less can hold no secret
/** Bytes of a result by which it is judged. */
const HEAD = 256

/** Puts what runs decode to into one text, so that a body of many small runs is one view. */
class Decodings {
  #parts: Buffer[] = []
  #size = 0

  constructor(private readonly budget: Budget) {}

  /** Many small runs may each unfold to a lot. */
  get isFull(): boolean {
    if (this.#size > this.budget.rest) this.budget.overrun()
    return this.#size > this.budget.rest
  }
  add(bytes: Buffer): void {
    const inner = unzipped(bytes, this.budget)
    if (inner) this.#push(inner)
    this.#push(bytes)
  }
  #push(bytes: Buffer): void {
    this.#parts.push(bytes, NEWLINE)
    this.#size += bytes.length + 1
  }
  /** @returns null when there was no run */
  get joined(): Buffer | null {
    return this.#parts.length === 0 ? null : Buffer.concat(this.#parts, this.#size)
  }
}
const NEWLINE = Buffer.from('\n')

/**
 * Decodes all runs of base64, also broken into lines. A run may begin anywhere in what it was cut from: all four alignments
 * are tried, and those that make sense kept.
 * @param seen runs that were decoded before, which are left out; this one's are added
 * @returns null when there is none
 */
export function decodeBase64(bytes: Buffer, budget: Budget, seen: Set<string>): Buffer | null {
  const into = new Decodings(budget)
  for (let at = 0; !into.isFull; ) {
    const begin = nextRun(bytes, at, BASE64, SHORTEST_BASE64)
    if (begin === -1) break
    let end = endOfRun(bytes, begin + SHORTEST_BASE64, BASE64)
    let isBroken = false
    for (let line = nextLine(bytes, end); line > 0; line = nextLine(bytes, end)) {
      end = line
      isBroken = true
    }
    at = end
    const run = isBroken ? withoutBreaks(bytes.subarray(begin, end)) : bytes.subarray(begin, end)
    let text: string | null = null
    for (let shift = 0; shift < 4; shift++) {
      if (!makesSense(run, shift)) continue
      text ??= run.toString('latin1')
      if (seen.has(text)) break
      into.add(Buffer.from(text.slice(shift), 'base64'))
    }
    if (text !== null) seen.add(text)
  }
  return into.joined
}

/** @returns where the line after a break ends, when it goes on in base64; else 0 */
function nextLine(bytes: Uint8Array, end: number): number {
  let begin = end
  while (begin < end + 2 && (bytes[begin] === 0x0d || bytes[begin] === 0x0a)) begin++
  if (begin === end) return 0
  const lineEnd = endOfRun(bytes, begin, BASE64)
  return lineEnd - begin < SHORTEST_LINE ? 0 : lineEnd
}

function withoutBreaks(run: Buffer): Buffer {
  const out = Buffer.allocUnsafe(run.length)
  let size = 0
  for (const byte of run) {
    out[size] = byte
    size += BASE64[byte]!
  }
  return out.subarray(0, size)
}

const SEXTETS = new Uint8Array(256)
for (const [i, char] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries())
  SEXTETS[char.charCodeAt(0)] = i
SEXTETS[0x2d] = 62
SEXTETS[0x5f] = 63
const PRINTABLE = byteClass('\x20-\x7e\n\r\t\0')

/** Mostly printable, or compressed: random data and the wrong alignments are neither. Decodes no more than it must. */
function makesSense(run: Uint8Array, shift: number): boolean {
  const length = ((run.length - shift) * 3) >> 2
  if (length < SHORTEST_RESULT) return false
  const head = Math.min(length, HEAD)
  const bad = head * 0.15
  let odd = 0
  let first = 0
  let second = 0
  for (let i = 0, at = shift; i < head; at += 4) {
    const a = SEXTETS[run[at]!]!
    const b = SEXTETS[run[at + 1]!]!
    const c = at + 2 < run.length ? SEXTETS[run[at + 2]!]! : 0
    const d = at + 3 < run.length ? SEXTETS[run[at + 3]!]! : 0
    const one = (a << 2) | (b >> 4)
    const two = ((b & 15) << 4) | (c >> 2)
    const three = ((c & 3) << 6) | d
    if (i === 0) {
      first = one
      second = two
      if (startsZip(first, second)) return true
    }
    odd += 1 - PRINTABLE[one]!
    if (++i < head) odd += 1 - PRINTABLE[two]!
    if (++i < head) odd += 1 - PRINTABLE[three]!
    if (odd > bad) return false
    i++
  }
  return true
}

/** Decodes all runs of hexadecimal pairs, with or without a space or colon after each. */
export function decodeHex(bytes: Buffer, budget: Budget): Buffer | null {
  const into = new Decodings(budget)
  for (let at = 0; !into.isFull; ) {
    const begin = nextRun(bytes, at, HEX_AND_SEPARATORS, 2 * SHORTEST_HEX)
    if (begin === -1) break
    at = endOfRun(bytes, begin + 2 * SHORTEST_HEX, HEX_AND_SEPARATORS)
    for (let from = begin; from < at; ) {
      const end = endOfPairs(bytes, from)
      if (end === from) from++
      else {
        into.add(pairs(bytes, from, end))
        from = end
      }
    }
  }
  return into.joined
}

/** @returns where a run of pairs ends; `from` when there are too few */
function endOfPairs(bytes: Uint8Array, from: number): number {
  let at = from
  let count = 0
  for (; hexByte(bytes, at) >= 0; count++) at += isSeparator(bytes[at + 2]) ? 3 : 2
  return count < SHORTEST_HEX ? from : at
}

function pairs(bytes: Uint8Array, from: number, to: number): Buffer {
  const out = Buffer.allocUnsafe((to - from) >> 1)
  let size = 0
  for (let at = from; at < to; at += isSeparator(bytes[at + 2]) ? 3 : 2) out[size++] = hexByte(bytes, at)
  return out.subarray(0, size)
}

const isSeparator = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x3a
