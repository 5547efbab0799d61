import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { BottleSlug } from '../contract/ids.ts'
import { readTable, readTableFile, type TableFile, tableText, writeTableFile } from '../sidecars/egress/table-file.ts'

/** In the home: what the operator closed stays closed, also for the next server. */
const FILE = 'egress-frozen'

/**
 * The operator closed the way out of all bottles: it holds for those that are on their way or launched afterwards, until
 * it is lifted for all.
 */
export class StandingFreeze {
  readonly #file: string
  #on: boolean
  /** Folders of tables that are written and that nobody has taken on yet: their bottles are on their way. */
  readonly #launching = new Map<BottleSlug, string>()

  /** @param home absolute path of the operator's home */
  constructor(
    home: string,
    private readonly isOnItsWay: (slug: BottleSlug) => boolean,
  ) {
    this.#file = path.join(home, FILE)
    this.#on = existsSync(this.#file)
  }

  get on(): boolean {
    return this.#on
  }

  /** In force at once; it settles when it is kept on disk and in the tables of all launches. */
  async set(on: boolean): Promise<void> {
    this.#on = on
    const kept = on
      ? writeFile(this.#file, 'All egress is frozen until it is opened on the dashboard.\n', { mode: 0o600 })
      : rm(this.#file, { force: true })
    await Promise.all([kept, ...[...this.#launching].map((each) => this.#rewrite(...each))])
  }

  /** Writes the first table of a launch. @throws Error whose message names what egress would refuse */
  async begin(slug: BottleSlug, folder: string, table: TableFile): Promise<void> {
    // Said first: who freezes from here on writes it again.
    this.#launching.set(slug, folder)
    await writeTableFile(folder, tableText({ ...table, frozen: this.#on }))
  }

  /** The bottle is up. @returns whether it was launched by this server, and all was closed in the meantime */
  taken(slug: BottleSlug): boolean {
    return this.#launching.delete(slug) && this.#on
  }

  async #rewrite(slug: BottleSlug, folder: string): Promise<void> {
    // One whose launch failed is nobody's any more.
    if (!this.isOnItsWay(slug)) return void this.#launching.delete(slug)
    const text = await readTableFile(folder)
    if (text !== null) await writeTableFile(folder, tableText({ ...readTable(text), frozen: this.#on }))
  }
}
