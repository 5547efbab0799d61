import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { lastWords } from './last-words.ts'
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

/** What a server does about bytes that it cannot read: refuses them once, and lets the client read that. */
export class WireFaults {
  readonly #asked = new WeakMap<Duplex, IncomingMessage>()
  readonly #refused = new WeakSet<Duplex>()

  /** @param refused told of a fault that belongs to no request */
  constructor(private readonly refused: (fault: Refusal) => void) {}

  /** A request whose body may still turn out to be unreadable. */
  during(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request
    this.#asked.set(socket, request)
    response.once('close', () => this.#asked.get(socket) === request && this.#asked.delete(socket))
  }

  /** For `clientError`, which comes again with every piece that the client goes on sending. */
  take(error: Error, socket: Duplex): void {
    if (this.#refused.has(socket)) return
    const fault = wireFault(error)
    if (!fault || !socket.writable) return void socket.destroy()
    this.#refused.add(socket)
    const request = this.#asked.get(socket)
    // Whoever carries the request answers and tells it; destroying it would take the connection along.
    if (request && !request.complete) return void request.emit('error', fault)
    this.refused(fault)
    lastWords(socket, fault)
  }
}
