import type { BundleLink } from '../bottles/backend.ts'
import type { BundleLine } from '../contract/bundle.ts'
import type { TableStatus } from '../contract/network.ts'
import { BadInputError } from '../errors.ts'
import {
  readTable,
  readTableFile,
  type TableFile,
  tableDigest,
  tableText,
  writeTableFile,
} from '../sidecars/egress/table-file.ts'

/** Egress reads a new table within 500 ms; a machine that is busy gets longer. */
const CONFIRM_MS = 2_500

type Answer = { ok: true } | { ok: false; message: string }

/** The table of one bottle: what is written, and whether egress said that it is in force. */
export class LiveTable {
  #status: TableStatus = { kind: 'unconfirmed' }
  #waiting: ((answer: Answer) => void) | null = null

  private constructor(
    private readonly folder: string,
    private readonly link: BundleLink | null,
    private text: string,
    private file: TableFile,
  ) {}

  /**
   * Takes up the table that is there; it survives a restart of the server, with what was edited and whether it is closed.
   * @param first what a bottle begins with, when there is none
   * @param confirmed digest of the table that egress was last heard to have in force; null when nothing is known
   */
  static async open(
    folder: string,
    link: BundleLink | null,
    first: TableFile,
    confirmed: string | null,
  ): Promise<LiveTable> {
    const kept = await readTableFile(folder)
    const text = kept ?? tableText(first)
    const table = new LiveTable(folder, link, text, kept === null ? first : readTable(kept))
    if (kept === null) await table.#write(text)
    if (confirmed === table.digest) table.#status = { kind: 'in-force' }
    return table
  }

  get table(): TableFile {
    return this.file
  }
  get digest(): string {
    return tableDigest(this.text)
  }
  get status(): TableStatus {
    return this.#status
  }

  /**
   * Puts a table in place and waits until egress says that it is in force.
   * @returns milliseconds until then; null when it has not said so in time: it will read it once it is back
   * @throws BadInputError when it cannot be compiled, or egress refuses it; the one before stays, here as there
   */
  async replace(file: TableFile): Promise<number | null> {
    const text = compiled(file)
    if (text === this.text) return this.#status.kind === 'in-force' ? 0 : null
    const before = { text: this.text, file: this.file, status: this.#status }
    const startedAt = performance.now()
    // Said before it is written, because egress may be quicker than the answer to the write.
    const answer = this.#answer()
    this.text = text
    this.file = file
    this.#status = { kind: 'unconfirmed' }
    try {
      await this.#write(text)
      const said = await answer
      if (said === null) return null
      if (!said.ok) throw new BadInputError(`Egress refused the new routes, and the ones before stay: ${said.message}`)
      return Math.round(performance.now() - startedAt)
    } catch (error) {
      this.text = before.text
      this.file = before.file
      this.#status = before.status
      await this.#write(before.text)
      throw error
    } finally {
      this.#waiting = null
    }
  }

  /** What the bundle says of tables. @returns true when the table in place came into force and nobody waited for it */
  heard(line: Extract<BundleLine, { kind: 'table' }>): boolean {
    if (!line.ok) {
      if (this.#waiting) this.#waiting(line)
      else this.#status = { kind: 'refused', message: line.message }
      return false
    }
    if (line.digest !== this.digest) return false
    const isNew = this.#status.kind !== 'in-force'
    this.#status = { kind: 'in-force' }
    if (!this.#waiting) return isNew
    this.#waiting(line)
    return false
  }

  /** The bundle is away: it reads the table when it is back. */
  unconfirm(): void {
    if (this.#status.kind === 'in-force') this.#status = { kind: 'unconfirmed' }
  }

  #answer(): Promise<Answer | null> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(null), CONFIRM_MS)
      this.#waiting = (said) => {
        clearTimeout(timer)
        resolve(said)
      }
    })
  }

  #write(text: string): Promise<void> {
    return this.link ? this.link.writeTable(text) : writeTableFile(this.folder, text)
  }
}

function compiled(file: TableFile): string {
  try {
    return tableText(file)
  } catch (error) {
    throw new BadInputError(
      `These routes cannot be enforced: ${error instanceof Error ? error.message : String(error)}.`,
    )
  }
}
