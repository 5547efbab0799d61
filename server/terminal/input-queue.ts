import type { TtyStream } from '../bottles/backend.ts'

/** Typed bytes that may wait for the program before the page is told to wait, by not reading its socket. */
const LIMIT = 1024 * 1024

/** What was typed or pasted, on its way to a program that may be slow to read. */
export class InputQueue {
  #waiting: Uint8Array[] = []
  #bytes = 0
  #pumping = false
  #blocked = false

  /** @param onBlocked told when more than `LIMIT` waits, and when all of it has gone */
  constructor(
    private readonly stream: Pick<TtyStream, 'write' | 'drained'>,
    private readonly onBlocked: (blocked: boolean) => void,
  ) {}

  /** Whether the page must wait. */
  get blocked(): boolean {
    return this.#blocked
  }

  write(bytes: Uint8Array): void {
    this.#waiting.push(bytes)
    this.#bytes += bytes.length
    if (!this.#pumping) void this.#pump()
    if (this.#bytes > LIMIT) this.#setBlocked(true)
  }

  async #pump(): Promise<void> {
    this.#pumping = true
    try {
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
        this.#bytes -= next.length
        if (!this.stream.write(next)) await this.stream.drained()
      }
    } catch {
      // The program has ended; nobody will read the rest.
      this.#waiting = []
      this.#bytes = 0
    } finally {
      this.#pumping = false
      this.#setBlocked(false)
    }
  }

  #setBlocked(blocked: boolean): void {
    if (this.#blocked === blocked) return
    this.#blocked = blocked
    this.onBlocked(blocked)
  }
}
