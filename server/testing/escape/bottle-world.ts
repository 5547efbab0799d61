import path from 'node:path'
import { expect } from 'vitest'
import { mintCa, type PemPair } from '../../../docker/bundle/egress/leaf-issuer.ts'
import type { TableFile } from '../../../docker/bundle/egress/table.ts'
import type { TestRun } from '../../backends/docker/testing/test-home.ts'
import type { BottleAddresses } from '../../bundle/addresses.ts'
import { EGRESS_PORT } from '../../contract/bundle.ts'
import type { EgressAudit } from '../../contract/egress.ts'
import type { BottleEvent } from '../../contract/events.ts'
import type { BottlePlan } from '../../contract/plan.ts'
import type { LaunchChoice } from '../../manifest/request.ts'
import { tableText } from '../../sidecars/egress/table-file.ts'
import { findValues, foundInText } from './find-values.ts'
import type { Furniture } from './furniture.ts'
import { type Act, acts, type Guest, type Ran, type RunOptions, sh } from './guest.ts'
import type { Arrived, Side } from './side.ts'
import { until } from './until.ts'
import type { WorldBundle } from './world-bundle.ts'

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

/** What came of an attack: for the client, at the origin, and in the audit. */
export interface Outcome {
  /** Of each act, and all of them. */
  replies: readonly string[]
  reply: string
  arrived: readonly Arrived[]
  audit: readonly EgressAudit[]
}

export interface SkippedRows {
  /** What only a kernel keeps. */
  kernel?: string
  /** What is large, and about the bundle alone. */
  huge?: string
}

/**
 * A real bottle, launched and probed as any, whose egress leads to servers of the test: what every attack is made of. A
 * backend supplies what is abstract here. Disposing removes the bottle.
 */
export abstract class BottleWorld implements Guest, AsyncDisposable {
  #controls = 0

  constructor(
    readonly around: Surroundings,
    readonly sidecars: WorldBundle,
  ) {}

  /** Whose kernel answers the programs inside. With one of its own, a bottle's root may do to it what it likes. */
  abstract readonly kernel: 'shared' | 'own'
  /** Kinds of rows that show nothing here, and why: they are skipped with that. */
  abstract readonly skipped: SkippedRows
  /** As it was confirmed. */
  abstract readonly plan: BottlePlan
  /** Folder of this machine in which its state is, and everything else that the dashboard keeps. */
  abstract readonly home: string
  /** By which another bottle might try to find it. */
  abstract readonly name: string
  /** All that its launch told. */
  abstract readonly events: readonly BottleEvent[]
  /** Where agent and bundle are for the agent, and what stands for this machine there. */
  abstract readonly addresses: BottleAddresses
  /** Of this machine, on the bundle's way out: there the test's servers are found. */
  abstract readonly gateway: string
  /** `host:port` at which parts of other bottles may be. */
  abstract readonly neighbourhood: readonly string[]
  abstract readonly furniture: Furniture

  abstract run(command: readonly string[], options?: RunOptions): Promise<Ran>
  /** Makes the agent's terminal show a word. */
  abstract print(word: string): Promise<void>
  /** Text of all that is known of the bottle outside of it and of the home, by where that is. */
  abstract artefacts(): Promise<Readonly<Record<string, string>>>
  abstract [Symbol.asyncDispose](): Promise<void>

  /** What a dashboard must be told to find this bottle, besides the home. */
  async settings(): Promise<Readonly<Record<string, string>>> {
    return {}
  }

  /** All that egress told of requests, in its order. */
  get told(): readonly EgressAudit[] {
    return this.sidecars.told
  }

  get state(): string {
    return path.join(this.home, 'state', this.plan.slug)
  }

  /** A table's names lead to this machine. */
  routes(routes: TableFile['routes'], names: readonly string[]): Promise<void> {
    const resolve = Object.fromEntries(names.map((name) => [name, this.gateway]))
    return this.sidecars.writeTable(tableText({ version: 1, log: 1, frozen: false, resolve, routes }))
  }

  /** For the end of a launch: egress then believes the test's servers. */
  protected async trustOrigin(): Promise<void> {
    await this.sidecars.trust(this.around, { listen: this.addresses.bundle, canary: await this.canary() })
  }

  async canary(): Promise<string> {
    return (await this.sh('printf %s "$BOT_BOTTLE_CANARY"')).stdout
  }

  /** A shell's line in the bottle. */
  sh(script: string, options: RunOptions = {}): Promise<Ran> {
    return sh(this, script, options)
  }

  get proxy(): string {
    return `${this.addresses.bundle}:${EGRESS_PORT}`
  }

  /** A name that leads to the origin, and its port. */
  at(host = 'origin.test'): string {
    return `${host}:${this.around.origin.port}`
  }

  /** A well-made request through a tunnel. @param line method and target */
  request(host: string, line: string, headers: readonly string[] = [], body = ''): Act & { kind: 'tunnel' } {
    const to = this.at(host)
    const all = [`Host: ${to}`, 'Connection: close', ...headers, ...(body ? [`Content-Length: ${body.length}`] : [])]
    return { kind: 'tunnel', to, send: `${line} HTTP/1.1\r\n${all.join('\r\n')}\r\n\r\n${body}` }
  }

  /**
   * One attack, of one act or several at once. What holds of every one is seen to here:
   *
   * - the same client can do better: after it, a connection to the proxy is made, and a request that is allowed succeeds
   * - whatever the attack was, the evil side has seen nobody
   * - every request of it is one line of audit, in which no token is
   *
   * @param options.lines of audit to wait for, where that is not one for each request; null: any number
   */
  async attack(list: Act | readonly Act[], options: { lines?: number | null } = {}): Promise<Outcome> {
    const all = Array.isArray(list) ? (list as readonly Act[]) : [list as Act]
    const { origin, evil, tokens } = this.around
    const { lines = all.filter(isRequest).length } = options
    const [arrivedBefore, toldBefore] = [origin.arrived.length, this.told.length]
    const control = `/control/${++this.#controls}`
    const allowed = [{ kind: 'tcp', to: this.proxy }, this.request('origin.test', `GET ${control}`)] as const
    const replies = await acts(this, [all, allowed])
    expect(replies.at(-2), 'the control: the proxy is reached').toBe('REACHED')
    expect(replies.at(-1), 'the control: what is allowed is answered').toMatch(/^HTTP\/1.1 200 /)
    const audit = () => this.told.slice(toldBefore).filter(({ path }) => path !== control)
    await until(() => this.told.slice(toldBefore).some(({ path }) => path === control))
    await until(() => lines === null || audit().length >= lines)
    if (lines !== null) expect(audit(), 'one line of audit for each request').toHaveLength(lines)
    expect(evil.connected, 'who reached the evil side').toEqual([])
    expect(Object.keys(foundInText({ audit: JSON.stringify(audit()) }, tokens)), 'tokens in the audit').toEqual([])
    return {
      reply: replies.slice(0, -2).join('\n'),
      replies: replies.slice(0, -2),
      arrived: origin.arrived.slice(arrivedBefore).filter(({ url }) => url !== control),
      audit: audit(),
    }
  }

  /** Places in which a value could have been left outside of egress' memory, and was. */
  async placesOf(value: string): Promise<readonly string[]> {
    return (await this.leftBehind({ value })).value ?? []
  }

  /** For each value by its name, the places in which it was left: artefacts, folders, and everything in the bottle. */
  leftBehind(values: Readonly<Record<string, string>>): Promise<Readonly<Record<string, readonly string[]>>> {
    return findValues(this, values)
  }
}

const isRequest = ({ kind }: Act): boolean => ['proxy', 'tunnel', 'upload', 'download'].includes(kind)
