import { createHash } from 'node:crypto'
import { type FSWatcher, watch } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { compileTable, type RouteTable } from './table.ts'

/** Where file sharing passes no events on (Docker Desktop), a change is seen by this. */
const POLL_MS = 1_000

export interface TableEvents {
  /** @param digest first 12 hex digits of SHA-256 over the file */
  changed(table: RouteTable, digest: string): void
  /** The file cannot be used: what was in force stays. Told once for each bad content. */
  bad(message: string): void
}

/**
 * Follows a table in a folder. The folder is watched, never the file: the file is replaced by renaming another over it,
 * and a watch on it would stay with the old one.
 */
export class TableWatcher {
  readonly #file: string
  #seen = ''
  #stamp = ''
  #reading: Promise<void> | null = null
  #again = false
  #watcher: FSWatcher | null = null
  readonly #poll: NodeJS.Timeout

  constructor(
    private readonly folder: string,
    name: string,
    private readonly events: TableEvents,
  ) {
    this.#file = path.join(folder, name)
    this.#poll = setInterval(() => void this.#pollOnce(), POLL_MS)
    this.#watch()
  }

  /** Reads it now. Settles when what is there is in force or told to be bad. */
  read(): Promise<void> {
    if (this.#reading) {
      this.#again = true
      return this.#reading
    }
    this.#reading = this.#readAll().finally(() => {
      this.#reading = null
    })
    return this.#reading
  }

  close(): void {
    clearInterval(this.#poll)
    this.#watcher?.close()
  }

  #watch(): void {
    try {
      this.#watcher = watch(this.folder, { persistent: false }, () => void this.read())
      this.#watcher.on('error', () => {
        this.#watcher?.close()
        this.#watcher = null
      })
    } catch {
      // No events from this folder (yet): the poll sees changes, and tries again.
    }
  }

  async #pollOnce(): Promise<void> {
    if (!this.#watcher) this.#watch()
    const stamp = await stat(this.#file).then(
      ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
      () => 'none',
    )
    if (stamp === this.#stamp) return
    this.#stamp = stamp
    await this.read()
  }

  async #readAll(): Promise<void> {
    do {
      this.#again = false
      await this.#readOnce()
    } while (this.#again)
  }

  async #readOnce(): Promise<void> {
    const text = await readFile(this.#file, 'utf8').catch((error: NodeJS.ErrnoException) => error)
    const digest =
      typeof text === 'string' ? createHash('sha256').update(text).digest('hex').slice(0, 12) : text.message
    if (digest === this.#seen) return
    this.#seen = digest
    try {
      if (typeof text !== 'string') throw text
      this.events.changed(compileTable(text), digest)
    } catch (error) {
      this.events.bad((error instanceof Error ? error.message : String(error)).slice(0, 1000))
    }
  }
}
