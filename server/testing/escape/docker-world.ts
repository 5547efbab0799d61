import { execa } from 'execa'
import { launch } from '../../backends/docker/launch.ts'
import { teardown } from '../../backends/docker/teardown.ts'
import { type TestHome, type TestRun, testRun } from '../../backends/docker/testing/test-home.ts'
import { addressesIn, type BottleAddresses } from '../../bundle/addresses.ts'
import { DockerBundle } from '../../bundle/docker-bundle.ts'
import type { DockerPlan } from '../../contract/plan.ts'
import { bottleCa } from '../../sidecars/egress/certificates.ts'
import { tableDigest, tableFolder, writeTableFile } from '../../sidecars/egress/table-file.ts'
import { BottleWorld, type Surroundings } from './bottle-world.ts'
import { AGENT_USER, type Ran, type RunOptions } from './guest.ts'
import { until } from './until.ts'

/** What exists of the bottle, by its labels. */
interface Parts {
  /** Ids of the two containers. */
  agent: string
  bundle: string
  addresses: BottleAddresses
  gateway: string
}

/** A bottle of the docker backend. */
export class DockerWorld extends BottleWorld {
  readonly kernel = 'shared'
  readonly furniture = {
    devices: /^\/dev\/(pts\/|console$|full$|null$|ptmx$|random$|tty$|urandom$|zero$)/,
    mounts:
      /^\/($|proc|sys|dev|run\/bot-bottle$|etc\/(resolv\.conf|hostname|hosts)$|sbin\/docker-init$|usr\/sbin\/docker-init$)/,
    processes: /^(docker-init|tini|sh|cat|bash|sleep)$/,
  }
  readonly agent: string
  readonly bundle: string
  readonly addresses: BottleAddresses
  readonly gateway: string
  readonly #stop = new AbortController()
  readonly #following: Promise<void>
  /** Digest of the table. */
  #inForce = ''

  private constructor(
    private readonly testHome: TestHome,
    override readonly plan: DockerPlan,
    private readonly launched: TestRun,
    around: Surroundings,
    parts: Parts,
  ) {
    super(around)
    ;({ agent: this.agent, bundle: this.bundle, addresses: this.addresses, gateway: this.gateway } = parts)
    this.#following = this.#follow()
  }

  static async launch(home: TestHome, around: Surroundings): Promise<DockerWorld> {
    const { docker } = home.tools
    const reviewed = await home.plan(around.choice)
    const { provider } = reviewed
    const plan = { ...reviewed, provider: { ...provider, argv: around.argv ?? provider.argv } }
    const run: TestRun = { ...testRun(), tokens: new Map(Object.entries(around.tokens)), logins: around.logins ?? [] }
    await launch(plan, run, home.tools)
    const label = `io.bot-bottle.slug=${plan.slug}`
    const [containers, networks] = await Promise.all([docker.listContainers([label]), docker.listNetworks([label])])
    const withRole = (role: string) => containers.find(({ Labels }) => Labels['io.bot-bottle.role'] === role)!.Id
    const subnetOf = (name: string) => networks.find(({ Name }) => Name === name)!.IPAM!.Config![0]!.Subnet!
    const world = new DockerWorld(home, plan, run, around, {
      agent: withRole('agent'),
      bundle: withRole('sidecars'),
      addresses: addressesIn(subnetOf(plan.networks.internal)),
      gateway: addressesIn(subnetOf(plan.networks.egress)).gateway,
    })
    await world.#trustOrigin()
    return world
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#following
    await teardown(this.plan.slug, this.testHome.tools)
  }

  get name(): string {
    return this.plan.container
  }

  get home(): string {
    return this.testHome.home
  }

  get events() {
    return this.launched.events
  }

  /** Hands secrets over a second time, now with the authority of the test's servers: the image need not have it. */
  async #trustOrigin(): Promise<void> {
    const known = Object.entries(this.around.tokens).map(([name, value]) => ({ name, value }))
    const input = {
      daemons: ['egress'] as const,
      egress: {
        listen: this.addresses.bundle,
        ca: await bottleCa(this.state, this.plan.slug),
        tokens: this.around.tokens,
        known: [...known, { name: 'canary', value: await this.canary() }],
        upstreamCa: [this.around.ca.certificate],
      },
    }
    await new DockerBundle(this.testHome.tools.docker, this.bundle).handOver(input, this.#stop.signal)
  }

  run(command: readonly string[], { user = AGENT_USER, ...options }: RunOptions = {}): Promise<Ran> {
    return this.testHome.tools.docker.run(this.agent, { command, user, ...options })
  }

  protected async writeTable(text: string): Promise<void> {
    await writeTableFile(tableFolder(this.state), text)
    await until(() => this.#inForce === tableDigest(text))
  }

  async #follow(): Promise<void> {
    const lines = new DockerBundle(this.testHome.tools.docker, this.bundle).lines(null, this.#stop.signal)
    for await (const line of lines) {
      if (line.kind === 'audit') this.told.push(line.line)
      if (line.kind === 'table' && line.ok) this.#inForce = line.digest
    }
  }

  async artefacts(): Promise<Record<string, string>> {
    const output = async (...args: string[]) => (await execa('docker', args, { all: true, reject: false })).all ?? ''
    return {
      'docker inspect': await output('inspect', this.agent, this.bundle),
      'docker logs of the agent': await output('logs', this.agent),
      'docker logs of the bundle': await output('logs', this.bundle),
      'the images’ history': await output('history', '--no-trunc', this.plan.image.reference),
      'changed files of both containers': `${await output('diff', this.agent)}${await output('diff', this.bundle)}`,
    }
  }
}
