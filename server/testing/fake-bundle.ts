import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { compileTable } from '../../docker/bundle/egress/table.ts'
import type { BundleLink, BundleSecrets, BundleState } from '../bottles/backend.ts'
import { type BundleLine, type BundleNews, ROUTES_FILE } from '../contract/bundle.ts'
import type { EgressAudit } from '../contract/egress.ts'
import { tableDigest, writeTableFile } from '../sidecars/egress/table-file.ts'

/** A bundle without a container: reads a table as the real one does, and tells everything again to who asks again. */
export class FakeBundle implements BundleLink {
  readonly told: BundleLine[] = []
  readonly written: string[] = []
  /** What it says of the next tables: nothing, or that they are bad. */
  answers: 'as it is' | 'nothing' | 'bad' = 'as it is'
  /** What it does, as the engine would tell. */
  now: BundleState = { kind: 'guarding', given: [], since: 0 }
  /** What it was handed since the launch, oldest first. */
  readonly handed: (BundleSecrets & { how: 'start' | 'renew' })[] = []
  /** Starting it fails so many times. */
  failures = 0
  #onEnd = new Set<() => void>()
  #n = 1000
  #listeners = new Set<(line: BundleLine) => void>()

  /** @param folder absolute path of the folder that the real one has mounted */
  constructor(private readonly folder: string) {}

  async tail(onLine: (line: BundleLine) => void, signal: AbortSignal, after: number): Promise<void> {
    for (const line of this.told) if (line.n > after) onLine(line)
    this.#listeners.add(onLine)
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', () => resolve(), { once: true })
    })
    this.#listeners.delete(onLine)
  }

  async writeTable(text: string): Promise<void> {
    this.written.push(text)
    await writeTableFile(this.folder, text)
    this.read(text)
  }

  async state(): Promise<BundleState> {
    return this.now
  }

  /** Its container ends. */
  end(gaveUp = false, why = 'it was killed (SIGKILL)'): void {
    this.#over({ kind: 'ended', gaveUp, why })
  }

  /** Its container is removed. */
  remove(): void {
    this.#over({ kind: 'gone' })
  }

  async ended(signal: AbortSignal): Promise<void> {
    if (this.now.kind === 'ended' || this.now.kind === 'gone') return
    await new Promise<void>((resolve, reject) => {
      this.#onEnd.add(resolve)
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  }

  /** Reads what is there, as it does when it starts. */
  async start(secrets: BundleSecrets = { tokens: new Map(), secrets: new Map() }): Promise<void> {
    if (this.failures > 0) {
      this.failures--
      throw new Error('It does not come up.')
    }
    this.handed.push({ ...secrets, how: 'start' })
    this.now = { kind: 'guarding', given: [...secrets.tokens.keys(), ...secrets.secrets.keys()], since: 0 }
    this.read(await readFile(path.join(this.folder, ROUTES_FILE), 'utf8'))
    this.tell({ kind: 'ready' })
  }

  async renew(secrets: BundleSecrets): Promise<void> {
    this.handed.push({ ...secrets, how: 'renew' })
  }

  read(text: string): void {
    if (this.answers === 'nothing') return
    if (this.answers === 'bad') {
      this.answers = 'as it is'
      this.tell({ kind: 'table', ok: false, message: 'routes.0: bad luck' })
      return
    }
    compileTable(text)
    this.tell({ kind: 'table', ok: true, digest: tableDigest(text) })
  }

  #over(state: BundleState): void {
    this.now = state
    for (const tell of this.#onEnd) tell()
    this.#onEnd.clear()
  }

  tell(news: BundleNews): void {
    const line = { ...news, n: ++this.#n } as BundleLine
    this.told.push(line)
    for (const listener of this.#listeners) listener(line)
  }

  /** Egress tells of a request. */
  audit(line: Partial<EgressAudit> = {}): void {
    this.tell({ kind: 'audit', line: auditLine(line) })
  }
}

export const auditLine = (line: Partial<EgressAudit> = {}): EgressAudit => ({
  at: 1_700_000_000_000,
  outcome: 'allowed',
  method: 'GET',
  host: 'api.github.com',
  port: 443,
  path: '/user',
  status: 200,
  bytesUp: 10,
  bytesDown: 100,
  durationMs: 20,
  ...line,
})
