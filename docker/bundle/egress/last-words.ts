import type { Duplex } from 'node:stream'
import { type Refusal, refusalText } from './refusal.ts'

/** For a refusal to be read. */
const LAST_WORDS_MS = 2_000

/**
 * Says a refusal on a socket that its server has let go of, and closes it, whatever the other side does: resets it, goes
 * on sending, or never closes its own half.
 */
export function lastWords(socket: Duplex, refusal: Refusal): void {
  socket.on('error', () => socket.destroy())
  setTimeout(() => socket.destroy(), LAST_WORDS_MS).unref()
  socket.end(refusalText(refusal))
  // Closed with something unread, it would be reset, and what was said would be lost.
  socket.resume()
}
