import { writeSavedScreen } from './saved-screen.ts'
import type { Screen } from './screen.ts'
import { TAIL } from './seam.ts'
import type { SecretBlanker } from './secret-blanker.ts'

/** A screen on which nothing moves is saved after this long … */
const QUIET_MS = 250
/** … and one that never rests this often, ms. */
const AT_LEAST_EVERY_MS = 2000

/** Keeps the screen of an agent on disk, so that a server which is killed comes back with the right picture. */
export class ScreenKeeper {
  #screen: Screen | undefined
  #tail: Uint8Array[] = []
  #tailBytes = 0
  #seenAt = Date.now()
  #dirtySince = 0
  #timer: NodeJS.Timeout | undefined
  #saving: Promise<void> = Promise.resolve()
  #closed = false

  constructor(
    private readonly folder: string,
    private readonly blanker: SecretBlanker,
  ) {}

  keep(screen: Screen): void {
    this.#screen = screen
  }

  /** The last bytes that were seen, at most `TAIL`. */
  get tail(): Buffer {
    const bytes = Buffer.concat(this.#tail)
    return bytes.subarray(Math.max(0, bytes.length - TAIL))
  }

  /** The next bytes from the program, on their way to the screen. */
  seen(bytes: Uint8Array): void {
    this.#tail.push(bytes)
    this.#tailBytes += bytes.length
    while (this.#tailBytes - this.#tail[0]!.length >= TAIL) this.#tailBytes -= this.#tail.shift()!.length
    this.touch()
    this.#seenAt = Date.now()
  }

  /** The picture changed, by bytes or by its size. */
  touch(): void {
    if (this.#closed) return
    const now = Date.now()
    if (this.#dirtySince === 0) this.#dirtySince = now
    clearTimeout(this.#timer)
    const wait = Math.min(QUIET_MS, Math.max(0, this.#dirtySince + AT_LEAST_EVERY_MS - now))
    this.#timer = setTimeout(() => void this.save(), wait)
  }

  /** The picture of this moment is on disk when it resolves, or could not be written. Never rejects. */
  async save(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#saving = this.#saving.then(() => this.#write()).catch(() => undefined)
    await this.#saving
  }

  /** Saves once more; nothing after that. */
  async close(): Promise<void> {
    this.#closed = true
    await this.save()
  }

  /** Nothing more is written, for a bottle whose folder is about to go. */
  async discard(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#dirtySince = 0
    await this.#saving
  }

  async #write(): Promise<void> {
    if (!this.#screen || this.#dirtySince === 0) return
    this.#dirtySince = 0
    const takenAt = this.#seenAt
    const tail = this.blanker.behindLast(this.tail)
    const { cols, rows, data } = await this.#screen.snapshot()
    const saved = {
      version: 1 as const,
      takenAt,
      cols,
      rows,
      data: this.blanker.whole(data),
      tail: tail.toString('base64'),
    }
    await writeSavedScreen(this.folder, saved)
  }
}
