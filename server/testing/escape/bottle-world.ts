import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { expect } from 'vitest'
import { mintCa, type PemPair } from '../../../docker/bundle/egress/leaf-issuer.ts'
import type { TableFile } from '../../../docker/bundle/egress/table.ts'
import { launch } from '../../backends/docker/launch.ts'
import { addressesIn, type BottleAddresses } from '../../bundle/addresses.ts'
import { DockerBundle } from '../../bundle/docker-bundle.ts'
import { teardown } from '../../backends/docker/teardown.ts'
import { type TestHome, type TestRun, testRun } from '../../backends/docker/testing/test-home.ts'
import { stateFolder } from '../../engine/tools.ts'
import type { EgressAudit } from '../../contract/egress.ts'
import type { DockerPlan } from '../../contract/plan.ts'
import type { LaunchChoice } from '../../manifest/request.ts'
import { bottleCa } from '../../sidecars/egress/certificates.ts'
import { tableFolder, tableText, writeTableFile } from '../../sidecars/egress/table-file.ts'
import type { Arrived, Side } from './side.ts'

const GUEST = readFile(path.join(import.meta.dirname, 'guest.mjs'), 'utf8')

/** What the hostile program in the bottle can do; see `guest.mjs`. Bytes are written in latin1. */
export type Act =
  | { kind: 'proxy'; send: string }
  | { kind: 'tunnel'; to: string; send: string; servername?: string; plain?: boolean }
  | { kind: 'tcp'; to: string }
  | { kind: 'udp'; to: string; text: string }
  | { kind: 'name'; name: string; server?: string }
  | { kind: 'halfOpen'; to: string; count: number }

/** What came of an act: for the client, at the origin, and in the audit. */
export interface Outcome {
  /** Of each act, and all of them. */
  replies: readonly string[]
  reply: string
  arrived: readonly Arrived[]
  audit: readonly EgressAudit[]
}

export interface Surroundings {
  /** Signed the certificates of both sides; egress is told to trust it. */
  ca: PemPair
  /** What routes lead to, and what none may reach though it is there and egress knows its address. */
  origin: Side
  evil: Side
  tokens: Readonly<Record<string, string>>
  choice?: Partial<LaunchChoice>
  /** What runs in place of the agent, where the test runs the agent itself. */
  argv?: readonly string[]
  /** Logins with placeholders, for the guest. */
  logins?: TestRun['logins']
}

export const mintWorldCa = (): Promise<PemPair> => mintCa('test world')

/** A real bottle, launched and probed as any, whose egress leads to servers of the test. Disposing removes it. */
export class BottleWorld implements AsyncDisposable {
  readonly told: EgressAudit[] = []
  readonly #stop = new AbortController()
  readonly #following: Promise<void>
  #controls = 0
  #tables = 0

  private constructor(
    readonly home: TestHome,
    readonly plan: DockerPlan,
    readonly run: TestRun,
    readonly around: Surroundings,
    readonly agent: string,
    readonly bundle: string,
    /** On the internal network. */
    readonly addresses: BottleAddresses,
    /** Of this machine, on the bundle's way out: there the test's servers are found. */
    readonly gateway: string,
  ) {
    this.#following = this.#follow()
  }

  static async launch(home: TestHome, around: Surroundings): Promise<BottleWorld> {
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
    const { internal, egress } = plan.networks
    const inside = addressesIn(subnetOf(internal))
    const { gateway } = addressesIn(subnetOf(egress))
    const ids = [withRole('agent'), withRole('sidecars')] as const
    const world = new BottleWorld(home, plan, run, around, ...ids, inside, gateway)
    await world.#trustOrigin()
    return world
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#following
    await teardown(this.plan.slug, this.home.tools)
  }

  get state(): string {
    return stateFolder(this.home.tools, this.plan.slug)
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
    await new DockerBundle(this.home.tools.docker, this.bundle).handOver(input, this.#stop.signal)
  }

  async canary(): Promise<string> {
    return (await this.sh('printf %s "$BOT_BOTTLE_CANARY"')).stdout
  }

  /** Puts a table in force; its names lead to this machine. */
  async routes(routes: TableFile['routes'], names: readonly string[]): Promise<void> {
    const resolve = Object.fromEntries(names.map((name) => [name, this.gateway]))
    const text = tableText({ version: 1, log: 1, frozen: false, resolve, routes })
    const before = this.#tables
    await writeTableFile(tableFolder(this.state), text)
    await until(() => this.#tables > before)
  }

  async #follow(): Promise<void> {
    const lines = new DockerBundle(this.home.tools.docker, this.bundle).lines(null, this.#stop.signal)
    for await (const line of lines) {
      if (line.kind === 'audit') this.told.push(line.line)
      if (line.kind === 'table' && line.ok) this.#tables++
    }
  }

  /** Does all acts of a list at once, one list after the other. @returns what each was answered, in their order */
  async acts(...lists: (readonly Act[])[]): Promise<string[]> {
    const command = ['node', '--input-type=module', '-e', await GUEST, JSON.stringify(lists)]
    const { stdout, stderr } = await this.home.tools.docker.run(this.agent, { command, user: '1000:1000' })
    if (!stdout) throw new Error(`The program in the bottle failed: ${stderr}`)
    return JSON.parse(stdout) as string[]
  }

  /**
   * One attack, of one act or several at once, and behind it a request that is allowed, by the same client: it must succeed, and its line of audit
   * tells that all lines of the attack are there. Whatever the attack was, the evil side has seen nothing.
   */
  async attack(...acts: Act[]): Promise<Outcome> {
    const { origin, evil } = this.around
    const [arrivedBefore, toldBefore] = [origin.arrived.length, this.told.length]
    const control = `/control/${++this.#controls}`
    const replies = await this.acts(acts, [this.request('origin.test', `GET ${control}`)])
    expect(replies.at(-1), 'the control').toMatch(/^HTTP\/1.1 200 /)
    await until(() => this.told.slice(toldBefore).some(({ path }) => path === control))
    expect(evil.connected, 'who reached the evil side').toEqual([])
    return {
      reply: replies.slice(0, -1).join('\n'),
      replies: replies.slice(0, -1),
      arrived: origin.arrived.slice(arrivedBefore).filter(({ url }) => url !== control),
      audit: this.told.slice(toldBefore).filter(({ path }) => path !== control),
    }
  }

  /** A well-made request through a tunnel. @param line method and target */
  request(host: string, line: string, headers: readonly string[] = [], body = ''): Act & { kind: 'tunnel' } {
    const to = `${host}:${this.around.origin.port}`
    const all = [`Host: ${to}`, 'Connection: close', ...headers, ...(body ? [`Content-Length: ${body.length}`] : [])]
    return { kind: 'tunnel', to, send: `${line} HTTP/1.1\r\n${all.join('\r\n')}\r\n\r\n${body}` }
  }

  /** A shell's line in the bottle. @param user the agent's own unless told */
  sh(script: string, { user = '1000:1000', env = [] }: { user?: string; env?: readonly string[] } = {}) {
    return this.home.tools.docker.run(this.agent, { command: ['sh', '-c', script], user, env })
  }

  /** Everything in which a token could have been left outside of egress' memory, by the place it was found in. */
  async placesOf(value: string): Promise<string[]> {
    const output = async (...args: string[]) => (await execa('docker', args, { all: true, reject: false })).all ?? ''
    const places: Record<string, string> = {
      'the events of the launch': JSON.stringify(this.run.events),
      'the plan': JSON.stringify(this.plan),
      'the audit': JSON.stringify(this.told),
      'docker inspect': await output('inspect', this.agent, this.bundle),
      'docker logs of the agent': await output('logs', this.agent),
      'docker logs of the bundle': await output('logs', this.bundle),
      'the images’ history': await output('history', '--no-trunc', this.plan.image.reference),
      'changed files of both containers': `${await output('diff', this.agent)}${await output('diff', this.bundle)}`,
      'files of the home': (await execa('grep', ['-rlaF', value, this.home.home], { reject: false })).stdout,
    }
    const inHome = places['files of the home'] ? ['files of the home'] : []
    const inText = Object.entries(places).filter(([, text]) => text.includes(value))
    const inBottle = await this.#placesInBottle(value)
    return [...inHome, ...inText.map(([place]) => place), ...inBottle]
  }

  /** Every file of the bottle, and of every process its environment and command line. The value is not on ours. */
  async #placesInBottle(value: string): Promise<string[]> {
    const search = `
      read -r it
      printf %s "$it" > /dev/shm/wanted
      grep -rlaF -f /dev/shm/wanted --exclude=wanted / --exclude-dir=proc --exclude-dir=sys 2>/dev/null
      for pid in /proc/[0-9]*; do
        [ "$pid" = "/proc/$$" ] || grep -laF -f /dev/shm/wanted $pid/environ $pid/cmdline 2>/dev/null
      done
      rm /dev/shm/wanted`
    const places: string[] = []
    for (const user of ['0:0', '1000:1000']) {
      const command = ['sh', '-c', search]
      const stdin = Buffer.from(`${value}\n`)
      const { stdout } = await this.home.tools.docker.run(this.agent, { command, user, stdin })
      places.push(...stdout.split('\n').filter(Boolean))
    }
    return [...new Set(places)].map((file) => `in the bottle: ${file}`)
  }
}

/** @throws after ten seconds */
export async function until(holds: () => boolean): Promise<void> {
  for (let attempt = 0; !holds(); attempt++) {
    if (attempt === 500) throw new Error(`It did not come about: ${holds}`)
    await sleep(20)
  }
}
