import { launch } from '../../backends/docker/launch.ts'
import { teardown } from '../../backends/docker/teardown.ts'
import { type TestHome, type TestRun, testRun } from '../../backends/docker/testing/test-home.ts'
import { addressesIn, type BottleAddresses } from '../../bundle/addresses.ts'
import type { DockerPlan } from '../../contract/plan.ts'
import { BottleWorld, type Surroundings } from './bottle-world.ts'
import { CONTAINER_FURNITURE } from './furniture.ts'
import { AGENT_USER, type Ran, type RunOptions } from './guest.ts'
import { output, WorldBundle } from './world-bundle.ts'

/** What exists of the bottle, by its labels. */
interface Parts {
  /** Id of its container. */
  agent: string
  bundle: WorldBundle
  addresses: BottleAddresses
  gateway: string
}

/** A bottle of the docker backend. */
export class DockerWorld extends BottleWorld {
  readonly kernel = 'shared'
  readonly skipped = {}
  readonly furniture = CONTAINER_FURNITURE
  readonly agent: string
  readonly addresses: BottleAddresses
  readonly gateway: string

  private constructor(
    private readonly testHome: TestHome,
    override readonly plan: DockerPlan,
    private readonly launched: TestRun,
    around: Surroundings,
    parts: Parts,
  ) {
    super(around, parts.bundle)
    ;({ agent: this.agent, addresses: this.addresses, gateway: this.gateway } = parts)
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
      bundle: await WorldBundle.of(plan.slug, home.tools),
      addresses: addressesIn(subnetOf(plan.networks.internal)),
      gateway: addressesIn(subnetOf(plan.networks.egress)).gateway,
    })
    await world.trustOrigin()
    return world
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sidecars[Symbol.asyncDispose]()
    await teardown(this.plan.slug, this.testHome.tools)
  }

  /** Id of the bundle's container. */
  get bundle(): string {
    return this.sidecars.container
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

  /** Agents are sixteen addresses apart. */
  get neighbourhood(): string[] {
    const network = this.addresses.agent.split('.').slice(0, 3).join('.')
    const agents = Array.from({ length: 16 }, (_, n) => `${network}.${n * 16 + 3}`)
    return agents.filter((agent) => agent !== this.addresses.agent).map((agent) => `${agent}:7777`)
  }

  run(command: readonly string[], { user = AGENT_USER, ...options }: RunOptions = {}): Promise<Ran> {
    return this.testHome.tools.docker.run(this.agent, { command, user, ...options })
  }

  async print(word: string): Promise<void> {
    await this.sh(`echo ${word} > /proc/1/fd/1`)
  }

  async artefacts(): Promise<Record<string, string>> {
    return {
      ...(await this.sidecars.artefacts()),
      'docker inspect of the agent': await output('docker', 'inspect', this.agent),
      'docker logs of the agent': await output('docker', 'logs', this.agent),
      'changed files of the agent': await output('docker', 'diff', this.agent),
      'the image’s history': await output('docker', 'history', '--no-trunc', this.plan.image.reference),
    }
  }
}
