import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'
import type { Budget } from './budget.ts'

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

/** True for the first two bytes of gzip and zlib. */
export const startsZip = (first: number, second: number): boolean =>
  (first === 0x1f && second === 0x8b) || (first === 0x78 && (first * 256 + second) % 31 === 0)

/**
 * @returns what gzip or zlib data unfolds to, also when it is cut; null when it is neither, broken, or longer than the
 *   budget, which is told
 */
export function unzipped(bytes: Buffer, budget: Budget): Buffer | null {
  if (bytes.length < 3 || !startsZip(bytes[0]!, bytes[1]!)) return null
  const options = { maxOutputLength: Math.max(1, budget.rest), finishFlush: constants.Z_SYNC_FLUSH }
  try {
    return bytes[0] === 0x1f ? gunzipSync(bytes, options) : inflateSync(bytes, options)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') budget.overrun()
    return null
  }
}
