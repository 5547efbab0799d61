import { TTY_CLOSE } from '../contract/tty.ts'
import type { Client } from './client.ts'

/**
 * How long the writer's place is kept for a page that reloads or comes back, before the next viewer gets it, ms. A viewer
 * that does not want to wait takes it; a reload takes seconds where the machine is busy.
 */
const KEPT_MS = 10_000

/** What the seats must know of their session. */
export interface SeatsRoom {
  /** Whether there is a program to type to. */
  isOpen(): boolean
  /** Whether the program has not read yet what was typed, so that whoever types has to wait. */
  isInputBlocked(): boolean
  /** Another page governs the program's flow now. */
  changed(): void
}

/** The pages of a session in the order in which they came: one of them types, the others watch. */
export class Seats {
  readonly #clients = new Set<Client>()
  #kept: NodeJS.Timeout | undefined

  constructor(private readonly room: SeatsRoom) {}

  [Symbol.iterator](): IterableIterator<Client> {
    return this.#clients.values()
  }

  has(client: Client): boolean {
    return this.#clients.has(client)
  }

  get writer(): Client | undefined {
    for (const client of this.#clients) if (client.writer) return client
    return undefined
  }

  /**
   * A page that comes back takes the place that it has, whatever became of its old socket: one that died without a word
   * counts as open for half a minute. A viewer that comes back leaves the free place to the writer, for a while.
   * @param watching it was there before, as a viewer
   */
  enter(client: Client, watching: boolean): void {
    const before = client.page === null ? undefined : [...this].find(({ page }) => page === client.page)
    if (before) this.#drop(before)
    this.#clients.add(client)
    const isFree = this.room.isOpen() && !this.writer
    if (isFree && (before?.writer || !watching)) this.#seat(client)
    else if (isFree) this.#keep()
  }

  /** Makes it the one that types, and tells both. */
  claim(client: Client): void {
    if (!this.room.isOpen() || client.writer) return
    const before = this.writer
    if (before) {
      before.writer = false
      before.resumeInput()
      before.say({ type: 'role', writer: false })
    }
    this.#seat(client)
    client.say({ type: 'role', writer: true })
    this.room.changed()
  }

  leave(client: Client): void {
    // One that was dropped has left already.
    if (!this.#clients.delete(client)) return
    if (client.writer && this.room.isOpen()) {
      client.writer = false
      this.#keep()
    }
    this.room.changed()
  }

  /** The place is not given to anybody any more. */
  close(): void {
    clearTimeout(this.#kept)
  }

  #seat(client: Client): void {
    clearTimeout(this.#kept)
    client.writer = true
    if (this.room.isInputBlocked()) client.pauseInput()
  }

  /** The writer's place is free; who comes to it within `KEPT_MS` gets it, and then who has been here longest. */
  #keep(): void {
    clearTimeout(this.#kept)
    this.#kept = setTimeout(() => {
      const [next] = this.#clients
      if (next && !this.writer) this.claim(next)
    }, KEPT_MS)
  }

  /** Its page has another socket now. */
  #drop(client: Client): void {
    this.#clients.delete(client)
    client.resumeInput()
    client.close(TTY_CLOSE.elsewhere, 'The page opened it once more.')
  }
}
