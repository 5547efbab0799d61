import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'

const DEPTH = 3
const MOST_VIEWS = 64
const MOST_EXTRA = 4 * 1024 * 1024 // bytes of decoded text in all
const MOST_INFLATED = 8 * 1024 * 1024 // bytes of one decompression

/** A coding that we cannot look into, or one whose output is out of proportion. */
export class UnreadableError extends Error {}

/**
 * Undoes Content-Encoding, bounded.
 * @throws UnreadableError for an unknown coding, broken data or a bomb
 */
export function decoded(body: Buffer, encoding: string | null): Buffer {
  const codings = (encoding ?? '')
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding && coding !== 'identity')
  if (codings.length > 2) throw new UnreadableError('more than two codings')
  return codings.reverse().reduce((bytes, coding) => {
    const options = { maxOutputLength: MOST_INFLATED }
    try {
      if (coding === 'gzip' || coding === 'x-gzip') return gunzipSync(bytes, options)
      if (coding === 'deflate') return inflated(bytes)
      if (coding === 'br') return brotliDecompressSync(bytes, options)
    } catch (cause) {
      throw new UnreadableError(`the ${coding} coding cannot be undone`, { cause })
    }
    throw new UnreadableError(`the coding ${coding.slice(0, 20)} is not known`)
  }, body)
}

function inflated(bytes: Buffer): Buffer {
  try {
    return inflateSync(bytes, { maxOutputLength: MOST_INFLATED })
  } catch {
    return inflateRawSync(bytes, { maxOutputLength: MOST_INFLATED })
  }
}

/**
 * Everything that a text says once its encodings are undone, breadth first and bounded: percent, JSON, base64 at its
 * four alignments, hex, HTML entities, UTF-16, gzip and zlib inside any of them.
 * @param text latin1, one character a byte
 */
export function viewsOf(text: string): string[] {
  const views = [text]
  const seen = new Set(views)
  let extra = 0
  let level = views
  for (let depth = 0; depth < DEPTH && level.length > 0; depth++) {
    const next: string[] = []
    for (const view of level) {
      for (const found of decodings(view)) {
        if (found.length < 8 || seen.has(found)) continue
        extra += found.length
        if (views.length >= MOST_VIEWS || extra > MOST_EXTRA) return views
        seen.add(found)
        views.push(found)
        next.push(found)
      }
    }
    level = next
  }
  return views
}

function* decodings(text: string): Generator<string> {
  if (text.includes('%')) yield text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => char(Number.parseInt(hex, 16)))
  if (text.includes('\\')) yield fromJson(text)
  if (text.includes('&#'))
    yield text.replace(/&#(?:x([0-9a-f]{1,4})|(\d{1,5}));/gi, (_, hex, dec) =>
      char(hex ? Number.parseInt(hex, 16) : Number(dec)),
    )
  if (text.includes('\0')) yield text.replaceAll('\0', '')
  const base64 = joined(text, /[A-Za-z0-9+/_-]{16,}(?:[\r\n]{1,2}[A-Za-z0-9+/_-]{4,})*/g, (run) =>
    fromBase64(run.replace(/[\r\n]/g, '')),
  )
  if (base64) yield base64
  const hex = joined(text, /(?:[0-9A-Fa-f]{2}[ :]?){8,}/g, (run) => [Buffer.from(run.replace(/[ :]/g, ''), 'hex')])
  if (hex) yield hex
  const unzipped = unzip(text)
  if (unzipped) yield unzipped
}

const char = (code: number): string => String.fromCharCode(code & 0xff)

/** `\uXXXX`, `\xXX` and `\n` undone wherever they stand; faster ways need well-formed JSON, and an attacker's is not. */
const fromJson = (text: string): string =>
  text.replace(/\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(.))/g, (_, u, x, one) =>
    u
      ? char(Number.parseInt(u, 16))
      : x
        ? char(Number.parseInt(x, 16))
        : one === 'n' || one === 'r' || one === 't'
          ? '\n'
          : one,
  )

/** A run may begin anywhere in what it was cut from: all four alignments are tried, and those that make sense kept. */
function fromBase64(run: string): Buffer[] {
  return [0, 1, 2, 3].map((shift) => Buffer.from(run.slice(shift), 'base64')).filter(sensible)
}

/** Mostly printable, or compressed: random alignments are neither. */
function sensible(bytes: Buffer): boolean {
  if (bytes.length < 8) return false
  if (startsZip(bytes)) return true
  const head = bytes.subarray(0, 256)
  let printable = 0
  for (const byte of head)
    if ((byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09 || byte === 0) printable++
  return printable >= head.length * 0.85
}

const startsZip = (bytes: Buffer): boolean =>
  (bytes[0] === 0x1f && bytes[1] === 0x8b) || (bytes[0] === 0x78 && (bytes[0] * 256 + (bytes[1] ?? 0)) % 31 === 0)

/** Decodes every run and puts the results into one text, so that a body of many small runs is one view. */
function joined(text: string, runs: RegExp, decode: (run: string) => Buffer[]): string | null {
  const parts: string[] = []
  let size = 0
  for (const [run] of text.matchAll(runs)) {
    for (const bytes of decode(run)) {
      const unzipped = startsZip(bytes) ? unzip(bytes.toString('latin1')) : null
      if (unzipped) parts.push(unzipped)
      parts.push(bytes.toString('latin1'))
      size += bytes.length + (unzipped?.length ?? 0)
      // Many small runs may each unfold to a lot.
      if (size > MOST_EXTRA) return parts.join('\n')
    }
  }
  return parts.length === 0 ? null : parts.join('\n')
}

function unzip(text: string): string | null {
  const bytes = Buffer.from(text.slice(0, 2), 'latin1')
  if (!startsZip(bytes)) return null
  const options = { maxOutputLength: MOST_EXTRA, finishFlush: 2 } // Z_SYNC_FLUSH: what there is of a cut stream
  try {
    const all = Buffer.from(text, 'latin1')
    return (bytes[0] === 0x1f ? gunzipSync(all, options) : inflateSync(all, options)).toString('latin1')
  } catch {
    return null
  }
}
