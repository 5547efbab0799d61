import { Refusal } from './refusal.ts'

const TOO_LARGE = 'HPE_HEADER_OVERFLOW'
/** A request that ends in its middle: the client closed. */
const CUT_OFF = 'HPE_INVALID_EOF_STATE'

/** What Node's parser would not read, as a refusal; null where a client went away or said nothing in time. */
export function wireFault(error: Error & { code?: string }): Refusal | null {
  const code = error.code ?? ''
  if (code === TOO_LARGE) return new Refusal('too-large', 400, 'The headers are larger than 64 KiB.')
  if (!code.startsWith('HPE_') || code === CUT_OFF) return null
  return new Refusal('malformed', 400, `This is not HTTP/1.1 as it is written (${code}).`)
}
