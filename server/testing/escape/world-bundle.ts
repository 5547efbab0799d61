import { execa } from 'execa'
import { DockerBundle } from '../../bundle/docker-bundle.ts'
import type { EgressAudit } from '../../contract/egress.ts'
import type { BottleSlug } from '../../contract/ids.ts'
import { LABEL } from '../../engine/names.ts'
import { type EngineTools, stateFolder } from '../../engine/tools.ts'
import { bottleCa } from '../../sidecars/egress/certificates.ts'
import { tableDigest, tableFolder, writeTableFile } from '../../sidecars/egress/table-file.ts'
import type { Surroundings } from './bottle-world.ts'
import { until } from './until.ts'

/** The bundle of a bottle, the same on every backend: what it tells is followed until it is disposed of. */
export class WorldBundle implements AsyncDisposable {
  /** All that egress told of requests, in its order. */
  readonly told: EgressAudit[] = []
  readonly #bundle: DockerBundle
  readonly #stop = new AbortController()
  readonly #following: Promise<void>
  /** Digest of the table. */
  #inForce = ''

  private constructor(
    /** Id of its container. */
    readonly container: string,
    private readonly slug: BottleSlug,
    private readonly tools: EngineTools,
  ) {
    this.#bundle = new DockerBundle(tools.docker, container)
    this.#following = this.#follow()
  }

  static async of(slug: BottleSlug, tools: EngineTools): Promise<WorldBundle> {
    const labels = [`${LABEL.slug}=${slug}`, `${LABEL.role}=sidecars`]
    const [container] = await tools.docker.listContainers(labels)
    if (!container) throw new Error(`${slug} has no bundle.`)
    return new WorldBundle(container.Id, slug, tools)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#following
  }

  /** Hands secrets over a second time, now with the authority of the test's servers: the image need not have it. */
  async trust({ tokens, ca }: Surroundings, { listen, canary }: { listen: string; canary: string }): Promise<void> {
    const known = Object.entries(tokens).map(([name, value]) => ({ name, value }))
    const input = {
      daemons: ['egress'] as const,
      egress: {
        listen,
        ca: await bottleCa(this.#state, this.slug),
        tokens,
        known: [...known, { name: 'canary', value: canary }],
        upstreamCa: [ca.certificate],
      },
    }
    await this.#bundle.handOver(input, this.#stop.signal)
  }

  /** Puts the text of a table in force, and waits until it is. */
  async writeTable(text: string): Promise<void> {
    await writeTableFile(tableFolder(this.#state), text)
    await until(() => this.#inForce === tableDigest(text))
  }

  async #follow(): Promise<void> {
    for await (const line of this.#bundle.lines(null, this.#stop.signal)) {
      if (line.kind === 'audit') this.told.push(line.line)
      if (line.kind === 'table' && line.ok) this.#inForce = line.digest
    }
  }

  get #state(): string {
    return stateFolder(this.tools, this.slug)
  }

  /** What the engine knows of it, by where that is. */
  async artefacts(): Promise<Record<string, string>> {
    return {
      'docker inspect of the bundle': await output('docker', 'inspect', this.container),
      'docker logs of the bundle': await output('docker', 'logs', this.container),
      'changed files of the bundle': await output('docker', 'diff', this.container),
    }
  }
}

/** All that a program says. */
export const output = async (program: string, ...args: string[]): Promise<string> =>
  (await execa(program, args, { all: true, reject: false })).all ?? ''
