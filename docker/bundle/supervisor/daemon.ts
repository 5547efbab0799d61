import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { BundleHealth, DaemonName } from '../../../server/contract/bundle.ts'
import { readLines } from '../lib/lines.ts'
import type { DaemonLine } from './daemon-line.ts'
import { RestartPolicy } from './restart-policy.ts'

const LINE_LIMIT = 256 * 1024
/** One that has not said `up` by then hangs. */
const START_LIMIT_MS = 15_000
const WHY_LIMIT = 400

export interface DaemonSpec {
  name: DaemonName
  /** Arguments of node. */
  argv: readonly string[]
  /** Null: as the supervisor itself, for tests that are not root. */
  uid: number | null
}

export interface DaemonEvents {
  told(line: DaemonLine, text: string): void
  /** State, restarts or why have changed. */
  changed(): void
  gaveUp(why: string): void
}

/**
 * Keeps one daemon running: its own user, an empty environment, no files of ours but its pipes. Its secrets come on
 * descriptor 3, what it tells goes out on 4, and while it is down its port answers nobody.
 */
export class Daemon {
  #child: ChildProcess | null = null
  #state: BundleHealth['daemons'][number]['state'] = 'down'
  #since = Date.now()
  #restarts = 0
  #why = ''
  #stopping = false
  #retry: NodeJS.Timeout | undefined
  readonly #policy = new RestartPolicy()

  constructor(
    private readonly spec: DaemonSpec,
    private secrets: string,
    private readonly events: DaemonEvents,
  ) {}

  get health(): BundleHealth['daemons'][number] {
    return {
      name: this.spec.name,
      state: this.#state,
      pid: this.#child?.pid ?? null,
      uid: this.spec.uid ?? process.getuid?.() ?? 0,
      restarts: this.#restarts,
      since: this.#since,
      ...(this.#why && { why: this.#why }),
    }
  }

  start(): void {
    const { argv, uid } = this.spec
    this.#turn('starting')
    const child: ChildProcess = spawn(process.execPath, [...argv], {
      cwd: '/',
      env: {} as NodeJS.ProcessEnv,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
      ...(uid !== null && { uid, gid: uid }),
    })
    this.#child = child
    let said = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-4096)
    })
    const pipes = child.stdio as unknown as [null, null, Readable, Writable, Readable]
    for (const pipe of pipes) pipe?.on('error', () => {})
    readLines(pipes[4], LINE_LIMIT, (line) => this.#heard(child, line))
    pipes[3].write(`${this.secrets}\n`)
    const slow = setTimeout(() => {
      if (this.#state !== 'starting') return
      said = 'It did not come up in time.'
      child.kill('SIGKILL')
    }, START_LIMIT_MS)
    let over = false
    const ended = (why: string) => {
      if (over) return
      over = true
      clearTimeout(slow)
      this.#ended(why)
    }
    child.once('error', (error) => ended(error.message))
    // `close` comes after the last of its output; a pipe that something else holds open must not keep it from coming.
    child.once('exit', (code, signal) => setTimeout(() => ended(cause(said, code, signal)), 50))
  }

  /** New secrets: at once to the one that runs, and to every later one. */
  give(secrets: string): void {
    this.secrets = secrets
    const pipe = this.#child?.stdio[3] as Writable | undefined
    pipe?.write(`${secrets}\n`)
  }

  /** Passes a signal on and does not start it again. Settles when it is gone; after the grace it is killed. */
  async stop(signal: NodeJS.Signals, graceMs: number): Promise<void> {
    this.#stopping = true
    clearTimeout(this.#retry)
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    const kill = setTimeout(() => child.kill('SIGKILL'), graceMs)
    await gone
    clearTimeout(kill)
  }

  #heard(child: ChildProcess, text: string): void {
    if (child !== this.#child) return
    const line = parsed(text)
    if (!line) return
    if (line.kind === 'up') this.#turn('up')
    this.events.told(line, text)
  }

  #ended(why: string): void {
    this.#child = null
    if (!this.#stopping) {
      this.#why = why
      this.#restarts++
    }
    const delay = this.#stopping ? null : this.#policy.died(performance.now())
    this.#turn('down')
    if (this.#stopping) return
    if (delay === null) this.events.gaveUp(why)
    else this.#retry = setTimeout(() => this.start(), delay)
  }

  #turn(state: BundleHealth['daemons'][number]['state']): void {
    if (state === this.#state) return
    this.#state = state
    this.#since = Date.now()
    this.events.changed()
  }
}

/** A daemon speaks only of its own things: whatever else it says is not passed on. */
function parsed(text: string): DaemonLine | null {
  try {
    const line = JSON.parse(text) as DaemonLine & { n?: unknown }
    const known = line.kind === 'audit' || line.kind === 'table' || line.kind === 'lost' || line.kind === 'up'
    return known && line.n === undefined ? line : null
  } catch {
    return null
  }
}

/** The last thing it said that reads like a reason, else how it ended. */
function cause(said: string, code: number | null, signal: NodeJS.Signals | null): string {
  const lines = said.split('\n').map((line) => line.trim())
  const reason = lines.findLast((line) => /Error\b|It did not/.test(line)) ?? ''
  const how = signal ? `ended by ${signal}` : `ended with code ${code}`
  return (reason ? `${how}: ${reason}` : how).slice(0, WHY_LIMIT)
}
