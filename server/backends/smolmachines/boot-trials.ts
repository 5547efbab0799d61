import { constants } from 'node:fs'
import { access, mkdir, readFile, realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { homeHash } from '../../engine/names.ts'
import { messageOf } from '../../errors.ts'
import { replaceFile } from '../../lib/replace-file.ts'
import type { Smolvm } from './smolvm.ts'
import { untilReady } from './until-ready.ts'

const LIMIT_MS = 120_000
/** Programs of which it is kept what they booted. */
const KEPT = 10
const SMALL = { cpus: 1, memoryMiB: 512, storageGiB: 1, overlayGiB: null }

const seen = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), at: z.number(), readyMs: z.number() }),
  z.object({ ok: z.literal(false), at: z.number(), why: z.string() }),
])
const kept = z.record(z.string(), seen)
/** What was seen last of a machine that was to boot. `at`: epoch milliseconds. */
export type BootSeen = z.infer<typeof seen>

/**
 * Whether machines boot here, which only one that did tells: a launch, or a trial with an empty machine that has no
 * network. Kept on the disk for this very program: another version, or another file, has not been seen to boot.
 */
export class BootTrials {
  #running: { since: number; abort: AbortController; over: Promise<void> } | null = null

  constructor(
    private readonly smolvm: Smolvm,
    private readonly place: { home: string; cache: string },
  ) {}

  /** @returns null while there is none, epoch milliseconds of its begin else */
  get runningSince(): number | null {
    return this.#running?.since ?? null
  }

  async seen(): Promise<BootSeen | null> {
    const key = await this.#key()
    return (key && (await this.#read())[key]) || null
  }

  /** A machine was ready so long after it was started. */
  booted = (readyMs: number): Promise<void> => this.#keep({ ok: true, at: Date.now(), readyMs: Math.round(readyMs) })

  /** Begins a trial and does not wait for it; one that runs goes on. */
  start(): void {
    if (this.#running) return
    const abort = new AbortController()
    const over = this.#try(AbortSignal.any([abort.signal, AbortSignal.timeout(LIMIT_MS)]), abort.signal)
    this.#running = { since: Date.now(), abort, over }
    void over.finally(() => {
      this.#running = null
    })
  }

  /** Ends a trial. Settles when its machine is gone; at once where none runs. */
  async cancel(): Promise<void> {
    const running = this.#running
    running?.abort.abort(new Error('It was cancelled.'))
    await running?.over
  }

  /** Removes what a trial left whose server was killed. */
  async tidy(): Promise<void> {
    if (this.#running) return
    const machines = await this.smolvm.list()
    if (machines.some(({ name }) => name === this.#machine)) await this.smolvm.delete(this.#machine)
  }

  /** No slug has an underscore: never a bottle's. One for each home, because all homes of a user share one list. */
  get #machine(): string {
    return `bot-bottle_boot-${homeHash(this.place.home)}`
  }

  /** Never rejects: how it went is kept, unless it was cancelled. */
  async #try(signal: AbortSignal, cancelled: AbortSignal): Promise<void> {
    const name = this.#machine
    try {
      // One that an earlier server was killed over.
      await this.smolvm.delete(name)
      const machine = { ...SMALL, source: null, allowCidrs: [], env: {}, labels: {} }
      await this.smolvm.create(name, machine, signal)
      const begun = performance.now()
      await this.smolvm.start(name, signal)
      await untilReady(this.smolvm, name, signal)
      await this.booted(performance.now() - begun)
    } catch (error) {
      const late = signal.aborted && !cancelled.aborted
      const why = late ? `It was not ready after ${LIMIT_MS / 1000} s.` : messageOf(error)
      if (!cancelled.aborted) await this.#keep({ ok: false, at: Date.now(), why }).catch(() => {})
    } finally {
      await this.smolvm.delete(name).catch(() => {})
    }
  }

  async #keep(what: BootSeen): Promise<void> {
    const key = await this.#key()
    if (!key) return
    const all = { ...(await this.#read()), [key]: what }
    const newest = Object.entries(all).sort(([, a], [, b]) => b.at - a.at)
    await mkdir(this.place.cache, { recursive: true, mode: 0o700 })
    await replaceFile(this.#file, JSON.stringify(Object.fromEntries(newest.slice(0, KEPT))), 0o600)
  }

  get #file(): string {
    return path.join(this.place.cache, 'smolvm-boots.json')
  }

  async #read(): Promise<z.infer<typeof kept>> {
    const text = await readFile(this.#file, 'utf8').catch(() => '{}')
    try {
      return kept.parse(JSON.parse(text))
    } catch {
      return {}
    }
  }

  /** Version, place and time of the program; null where it is not to be found. */
  async #key(): Promise<string | null> {
    const { program, environment } = this.smolvm
    const file = await fileOf(program, environment.PATH ?? '')
    if (!file) return null
    const [version, { mtimeMs }] = await Promise.all([this.smolvm.version().catch(() => null), stat(file)])
    return version && `${version} ${file} ${Math.round(mtimeMs)}`
  }
}

async function fileOf(program: string, searchPath: string): Promise<string | null> {
  const folders = program.includes('/') ? [''] : searchPath.split(path.delimiter).filter(Boolean)
  for (const folder of folders) {
    const file = path.resolve(folder, program)
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return realpath(file)
  }
  return null
}
