import type { Readable } from 'node:stream'
import { PassThrough } from 'node:stream'
import { spawn } from '@lydell/node-pty'
import type { Bottle, BottleStats, BundleLink, TtyHistory, TtySize, TtyStream } from '../../bottles/backend.ts'
import { probeBottle } from '../../bundle/boundary.ts'
import { bundleLink } from '../../bundle/bundle-link.ts'
import type { BottleSlug } from '../../contract/ids.ts'
import type { ProbePace, ProbeReport } from '../../contract/probe.ts'
import { stateFolder } from '../../engine/tools.ts'
import { putFiles } from '../../guest/provision.ts'
import type { GuestFile } from '../../providers/guest-file.ts'
import { shellCommand } from './gate.ts'
import { onBytes, writeBytes } from './keeper/pty-bytes.ts'
import { KeeperLink } from './keeper-link.ts'
import { keeperSocket } from './keeper-place.ts'
import { type MachineFile, machineFileOf } from './machine-file.ts'
import { machineGuest } from './machine-guest.ts'
import { machineStats } from './machine-stats.ts'
import { machineName } from './names.ts'
import { probedMachine } from './probed-machine.ts'
import type { SmolmachinesTools } from './tools.ts'

/** A bottle that is up: its agent is on a terminal that a keeper holds, inside a micro-VM. */
export class SmolmachinesBottle implements Bottle {
  readonly bundle: BundleLink
  readonly #keeper: KeeperLink
  readonly #machine: string
  /** After a launch the terminal begins with its first byte. */
  #replay: boolean

  constructor(
    private readonly tools: SmolmachinesTools,
    readonly slug: BottleSlug,
    { launched = false } = {},
  ) {
    this.bundle = bundleLink(slug, tools)
    this.#machine = machineName(slug)
    this.#keeper = new KeeperLink(keeperSocket(stateFolder(tools, slug)))
    this.#replay = launched
  }

  attachAgent(): Promise<TtyStream> {
    const replay = this.#replay
    this.#replay = false
    return this.#keeper.attach({ replay })
  }

  agentHistory({ since }: TtyHistory): Promise<Readable> {
    return this.#keeper.history(since)
  }

  /** Ends with this server: unlike the agent's, its terminal has no keeper. */
  async openShell(_id: string, size: TtySize): Promise<TtyStream> {
    const { file, args } = this.tools.smolvm.interactive(this.#machine, shellCommand(await this.#file()))
    const pty = spawn(file, args, {
      ...size,
      name: 'xterm-256color',
      env: this.tools.smolvm.environment,
      encoding: null,
    })
    const output = new PassThrough()
    onBytes(pty, (bytes) => {
      if (!output.write(bytes)) pty.pause()
    })
    output.on('drain', () => pty.resume()).on('error', () => {})
    let over = false
    const exited = new Promise<number | null>((resolve) => {
      pty.onExit(({ exitCode, signal }) => {
        over = true
        output.end()
        resolve(signal ? 128 + signal : exitCode)
      })
    })
    return {
      output,
      exited,
      write(bytes) {
        if (!over) writeBytes(pty, bytes)
        return true
      },
      drained: async () => {},
      resize: async ({ cols, rows }) => {
        if (!over) pty.resize(Math.max(1, cols), Math.max(1, rows))
      },
      close: async () => {
        if (!over) pty.kill('SIGHUP')
      },
    }
  }

  probe(tokens: ReadonlyMap<string, string>, signal: AbortSignal, pace?: ProbePace): Promise<ProbeReport> {
    return probeBottle(this.slug, probedMachine(this.slug, this.tools), tokens, this.tools, signal, pace)
  }

  putFiles(files: readonly GuestFile[], signal: AbortSignal): Promise<void> {
    return this.#file().then((file) => putFiles(machineGuest(this.tools.smolvm, file), files, signal))
  }

  #file(): Promise<MachineFile> {
    return machineFileOf(this.slug, this.tools)
  }

  stats(signal: AbortSignal): AsyncIterable<BottleStats> {
    const pid = async () =>
      (await this.tools.smolvm.list(signal)).find(({ name }) => name === this.#machine)?.pid ?? null
    return machineStats(pid, signal)
  }
}
