import type { Writable } from 'node:stream'
import {
  type BundleHealth,
  type BundleInput,
  type BundleNews,
  type BundleRenewal,
  DAEMON_UIDS,
  type DaemonName,
  type EgressInput,
} from '../../../server/contract/bundle.ts'
import { LineWriter } from '../lib/line-writer.ts'
import { readBundleInput } from './bundle-input.ts'
import { Daemon } from './daemon.ts'
import type { DaemonLine } from './daemon-line.ts'

export interface SupervisorOptions {
  /** Arguments of node for each daemon. */
  argv: Readonly<Record<DaemonName, readonly string[]>>
  out: LineWriter
  /** False for tests that are not root: daemons then run as this user. */
  ownUsers: boolean
  graceMs: number
  /** All has ended and all is written. */
  exit(code: 0 | 1): void
}

/**
 * Where a bundle tells: lines of JSON, each with a number. It begins with the time, so that a second run of the same
 * container goes on above the first.
 */
export function numberedOutput(stream: Writable): LineWriter {
  let n = Date.now() * 1000
  const lost = (audits: number) => JSON.stringify({ kind: 'lost', audits } satisfies BundleNews)
  return new LineWriter(stream, lost, (json) => `{"n":${++n},${json.slice(1)}`)
}

/** Runs the daemons of the list, numbers what they tell, and ends when one cannot be kept alive. */
export class Supervisor {
  readonly #daemons = new Map<DaemonName, Daemon>()
  /** Daemons that have not yet said that they serve with the secrets of the last hand-over. */
  #awaited = new Set<DaemonName>()
  /** What was handed over last; null until then. */
  #input: BundleInput | null = null
  #ending = false
  constructor(private readonly options: SupervisorOptions) {}

  get health(): BundleHealth {
    const daemons = [...this.#daemons.values()].map((daemon) => daemon.health)
    const up = daemons.every(({ state }) => state === 'up')
    return {
      ready: this.#input !== null && this.#awaited.size === 0 && up,
      handedOver: this.#input !== null,
      given: namesOf(this.#input?.egress),
      daemons,
      waiting: this.options.out.waiting,
      lost: this.options.out.lost,
    }
  }

  /** One line of standard input. A bad one changes nothing. */
  handOver(line: string): void {
    if (this.#ending) return
    let input: BundleInput
    try {
      input = this.#whole(readBundleInput(line))
    } catch (error) {
      this.tell({ kind: 'input-refused', message: error instanceof Error ? error.message : 'unreadable' })
      return
    }
    this.#input = input
    const wanted = new Set(input.daemons)
    for (const [name, daemon] of this.#daemons) {
      if (wanted.has(name)) continue
      this.#daemons.delete(name)
      void daemon.stop('SIGTERM', this.options.graceMs)
    }
    this.#awaited = new Set(wanted)
    for (const name of wanted) {
      const secrets = JSON.stringify(name === 'egress' ? input.egress : {})
      const running = this.#daemons.get(name)
      if (running) running.give(secrets)
      else this.#run(name, secrets)
    }
    if (wanted.size === 0) this.tell({ kind: 'ready' })
  }

  /** @throws Error when there is nothing yet that could be renewed */
  #whole(read: BundleInput | BundleRenewal): BundleInput {
    if (!('renew' in read)) return read
    const egress = this.#input?.egress
    if (!this.#input || !egress) throw new Error('renew: nothing was handed over yet')
    return { ...this.#input, egress: renewed(egress, read) }
  }

  tell(news: BundleNews): void {
    this.options.out.add(JSON.stringify(news))
  }

  /** Ends all daemons, then itself. */
  async end(signal: NodeJS.Signals, why: string, failed = false): Promise<void> {
    if (this.#ending) return
    this.#ending = true
    await Promise.all([...this.#daemons.values()].map((daemon) => daemon.stop(signal, this.options.graceMs)))
    this.tell({ kind: 'ended', failed, why })
    // The reader may be gone for good; then the line is lost and the end is not.
    await Promise.race([this.options.out.flushed(), new Promise((resolve) => setTimeout(resolve, 500))])
    this.options.exit(failed ? 1 : 0)
  }

  #run(name: DaemonName, secrets: string): void {
    const uid = this.options.ownUsers ? DAEMON_UIDS[name] : null
    const daemon = new Daemon({ name, argv: this.options.argv[name], uid }, secrets, {
      told: (line, text) => this.#told(name, line, text),
      changed: () => {
        const { state, restarts, why } = daemon.health
        if (state === 'starting') return
        this.tell({ kind: 'daemon', name, state, restarts, ...(state === 'down' && why && { why }) })
      },
      gaveUp: (why) => {
        const { restarts } = daemon.health
        this.tell({ kind: 'daemon', name, state: 'gave-up', restarts, why })
        void this.end('SIGTERM', `${name} died five times within a minute (${why}).`, true)
      },
    })
    this.#daemons.set(name, daemon)
    daemon.start()
  }

  #told(name: DaemonName, line: DaemonLine, text: string): void {
    if (line.kind !== 'up') this.options.out.add(text, line.kind === 'audit')
    else if (this.#awaited.delete(name) && this.#awaited.size === 0) this.tell({ kind: 'ready' })
  }
}

function renewed(egress: EgressInput, { renew: { tokens, known } }: BundleRenewal): EgressInput {
  const replaced = new Set(known.map(({ name }) => name))
  const kept = egress.known.filter(({ name }) => !replaced.has(name))
  return { ...egress, tokens: { ...egress.tokens, ...tokens }, known: [...kept, ...known] }
}

const namesOf = (egress: EgressInput | undefined): string[] =>
  egress ? [...new Set([...Object.keys(egress.tokens), ...egress.known.map(({ name }) => name)])] : []
