import type { Duplex, Readable } from 'node:stream'
import type { ContainerStats } from 'dockerode'
import type { Bottle, BottleStats, BundleLink, TtyHistory, TtySize, TtyStream } from '../../bottles/backend.ts'
import { probeBottle } from '../../bundle/boundary.ts'
import { bundleLink } from '../../bundle/bundle-link.ts'
import type { BottleSlug } from '../../contract/ids.ts'
import type { ProbePace, ProbeReport } from '../../contract/probe.ts'
import type { Docker } from '../../engine/docker.ts'
import type { EngineTools } from '../../engine/tools.ts'
import { putFiles } from '../../guest/provision.ts'
import type { GuestFile } from '../../providers/guest-file.ts'
import { containerGuest } from './container-guest.ts'
import { probedGuest } from './probed-guest.ts'
import { endShell, shellCommand } from './shells.ts'
import { goesOn, undisturbed } from './undisturbed.ts'

/** What a handle is made of. */
interface BottleParts {
  slug: BottleSlug
  /** Id of the container. */
  container: string
  /** The agent's terminal as the launch left it, with everything since the agent's first byte still to be read. */
  terminal?: Duplex
}

/** A bottle that is up: its agent is the container's main process, on the container's own terminal. */
export class DockerBottle implements Bottle {
  readonly slug: BottleSlug
  readonly bundle: BundleLink
  private readonly docker: Docker
  private readonly container: string
  #terminal: Duplex | undefined

  constructor(
    private readonly tools: EngineTools,
    { slug, container, terminal }: BottleParts,
  ) {
    this.slug = slug
    this.docker = tools.docker
    this.container = container
    this.bundle = bundleLink(slug, tools)
    this.#terminal = terminal
    // Also while nobody has taken it.
    terminal?.on('error', () => {})
  }

  async attachAgent(): Promise<TtyStream> {
    const { docker, container } = this
    const stream = this.#terminal ?? (await docker.attach(container))
    this.#terminal = undefined
    const detached = new AbortController()
    const exited = docker.waitContainer(container, detached.signal).catch(() => null)
    return {
      ...ttyOf(stream),
      exited,
      resize: (size) => ignoringEnd(docker.resizeContainer(container, size)),
      close: async () => {
        detached.abort()
        stream.destroy()
      },
    }
  }

  /**
   * Up to 24 MB of the latest output. The engine records whole lines: what follows the last line's end (a prompt) is in
   * none of it until the line is finished, so a full-screen program or a shell should be asked to draw again (resize).
   */
  agentHistory({ since }: TtyHistory): Promise<Readable> {
    return this.docker.recorded(this.container, since)
  }

  async openShell(id: string, size: TtySize): Promise<TtyStream> {
    const { docker, container } = this
    const exec = await docker.exec(container, { command: shellCommand(id, size), tty: true, user: '1000:1000' })
    const exited = new Promise<number | null>((resolve) => {
      exec.stream.once('close', () => resolve(exec.exitCode().catch(() => null)))
    })
    return {
      ...ttyOf(exec.stream),
      exited,
      resize: (next) => ignoringEnd(exec.resize(next)),
      // Leaving a shell's stream leaves the shell running.
      close: async () => {
        if (!exec.stream.destroyed) await endShell(docker, container, id)
        exec.stream.destroy()
      },
    }
  }

  probe(tokens: ReadonlyMap<string, string>, signal: AbortSignal, pace?: ProbePace): Promise<ProbeReport> {
    const probe = async () => {
      await goesOn(this.docker, this.container, signal)
      const guest = probedGuest(this.slug, this.container, this.tools)
      return probeBottle(this.slug, guest, tokens, this.tools, signal, pace)
    }
    return undisturbed.run(this.slug, probe, signal)
  }

  putFiles(files: readonly GuestFile[], signal: AbortSignal): Promise<void> {
    return putFiles(containerGuest(this.docker, this.container), files, signal)
  }

  async *stats(signal: AbortSignal): AsyncGenerator<BottleStats> {
    try {
      for await (const figures of this.docker.stats(this.container, signal)) {
        const read = statsOf(figures)
        if (read) yield read
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }
}

function ttyOf(stream: Duplex): Pick<TtyStream, 'output' | 'write' | 'drained'> {
  // A connection that breaks is an end like others; without a listener it would end the process.
  stream.on('error', () => {})
  return {
    output: stream,
    write: (bytes) => stream.write(bytes),
    drained: () =>
      new Promise((resolve) => {
        if (stream.destroyed || !stream.writableNeedDrain) return resolve()
        stream.once('drain', resolve).once('close', resolve)
      }),
  }
}

/** The size of what has ended matters to nobody. */
async function ignoringEnd(resized: Promise<unknown>): Promise<void> {
  await resized.catch(() => {})
}

/**
 * Figures as `docker stats` shows them: memory without the file cache, processor against the reading before.
 *
 * @returns null for a reading of a container that has ended, which is all zeros
 */
export function statsOf({
  cpu_stats: now,
  precpu_stats: before,
  memory_stats: memory,
}: ContainerStats): BottleStats | null {
  if (!memory?.usage || !now.system_cpu_usage) return null
  const counters = memory.stats as unknown as Readonly<Record<string, number | undefined>> | undefined
  const cache = counters?.total_inactive_file ?? counters?.inactive_file ?? 0
  const elapsed = now.system_cpu_usage - (before.system_cpu_usage ?? now.system_cpu_usage)
  const used = now.cpu_usage.total_usage - before.cpu_usage.total_usage
  const cores = now.online_cpus ?? 1
  return {
    cpu: elapsed > 0 ? Math.round((used / elapsed) * cores * 1000) / 10 : 0,
    memory: Math.max(0, memory.usage - cache),
  }
}
