import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createClient } from '@libsql/client'
import { SmolmachinesBottle } from '../../backends/smolmachines/bottle.ts'
import { KeeperLink } from '../../backends/smolmachines/keeper-link.ts'
import { keeperSocket } from '../../backends/smolmachines/keeper-place.ts'
import { launch } from '../../backends/smolmachines/launch.ts'
import { machineGuest } from '../../backends/smolmachines/machine-guest.ts'
import { recordsFile } from '../../backends/smolmachines/policy.ts'
import { teardown } from '../../backends/smolmachines/teardown.ts'
import { doubleEnv, type MachineHome } from '../../backends/smolmachines/testing/machine-home.ts'
import type { SmolmachinesPlan } from '../../contract/plan.ts'
import { type TestRun, testRun } from '../test-run.ts'
import { untilSeen } from '../until-seen.ts'
import { BottleWorld, type Surroundings } from './bottle-world.ts'
import { CONTAINER_FURNITURE } from './furniture.ts'
import { AGENT_USER, type Ran, ROOT_USER, type RunOptions } from './guest.ts'
import { output, WorldBundle } from './world-bundle.ts'

/** What every machine is for itself, and what stands for this machine there; see `smolvm-contract`. */
const GUEST = '100.96.0.2'
const HOST = '100.96.0.1'
const SUBNETS = 254

/** A bottle of the smolmachines backend, on the double of smolvm. */
export class MachineWorld extends BottleWorld {
  readonly kernel = 'own'
  readonly skipped = {
    kernel: 'the double shares this machine’s kernel',
    huge: 'about the bundle, which is the same as on Docker',
  }
  readonly furniture = CONTAINER_FURNITURE

  private constructor(
    private readonly machineHome: MachineHome,
    override readonly plan: SmolmachinesPlan,
    private readonly launched: TestRun,
    around: Surroundings,
    bundle: WorldBundle,
  ) {
    super(around, bundle)
  }

  static async launch(home: MachineHome, around: Surroundings): Promise<MachineWorld> {
    const reviewed = await home.plan(around.choice)
    const { provider } = reviewed
    const plan = { ...reviewed, provider: { ...provider, argv: around.argv ?? provider.argv } }
    const run: TestRun = { ...testRun(), tokens: new Map(Object.entries(around.tokens)), logins: around.logins ?? [] }
    await launch(plan, run, home.tools)
    const world = new MachineWorld(home, plan, run, around, await WorldBundle.of(plan.slug, home.tools))
    await world.trustOrigin()
    return world
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sidecars[Symbol.asyncDispose]()
    await teardown(this.plan.slug, this.machineHome.tools)
  }

  get name(): string {
    return this.plan.machine
  }

  get home(): string {
    return this.machineHome.home
  }

  get events() {
    return this.launched.events
  }

  get addresses() {
    return { agent: GUEST, bundle: this.plan.bundleAddress, gateway: HOST }
  }

  get gateway(): string {
    return this.plan.gateway
  }

  /** Every machine has the same address for itself; what differs is where its bundle is. */
  get neighbourhood(): string[] {
    const bundles = Array.from({ length: SUBNETS }, (_, n) => `192.168.${n + 1}.2:9099`)
    return bundles.filter((bundle) => bundle !== this.proxy)
  }

  /** A dashboard has no environment for smolvm but its own: the double's is in a program of its own. */
  override async settings(): Promise<Record<string, string>> {
    const program = path.join(this.home, 'smolvm')
    const env = Object.entries(doubleEnv(this.home, '1.9.3')).map(([name, value]) => `${name}='${value}'`)
    const text = `#!/bin/sh\nexec env ${env.join(' ')} '${this.machineHome.tools.program}' "$@"\n`
    await writeFile(program, text, { mode: 0o755 })
    return { BOT_BOTTLE_SMOLVM: program, XDG_CACHE_HOME: this.machineHome.tools.cache }
  }

  run(command: readonly string[], { user = AGENT_USER, env = [], stdin }: RunOptions = {}): Promise<Ran> {
    const guest = machineGuest(this.machineHome.tools.smolvm, {
      machine: this.plan.machine,
      pids: this.plan.limits.pids,
    })
    const withEnv = env.length > 0 ? ['env', ...env, ...command] : command
    const input = stdin && { stdin }
    if (user === AGENT_USER) return guest.run({ command: withEnv, user: 'node', ...input })
    if (user === ROOT_USER) return guest.run({ command: withEnv, user: 'root', ...input })
    const [uid, gid] = user.split(':')
    const stepDown = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--bounding-set=-all', '--']
    return guest.run({ command: [...stepDown, ...withEnv], user: 'root', ...input })
  }

  async print(word: string): Promise<void> {
    const agent = await new SmolmachinesBottle(this.machineHome.tools, this.plan.slug).attachAgent()
    const seen = untilSeen(agent.output, `${word}\r\n`)
    agent.write(Buffer.from(`echo ${word}\n`))
    await seen
    await agent.close()
  }

  async artefacts(): Promise<Record<string, string>> {
    const { program } = this.machineHome.tools
    const asDashboard = (await this.settings()).BOT_BOTTLE_SMOLVM ?? program
    return {
      ...(await this.sidecars.artefacts()),
      'smolvm’s record of the machine': await this.#record(),
      'smolvm machine ls': await output(asDashboard, 'machine', 'ls', '--json'),
      'smolvm machine egress-events': await output(asDashboard, 'machine', 'egress-events', '-n', this.name, '--json'),
      'the keeper, and whatever names the machine': await this.#processes(),
      'the image’s history': await output('docker', 'history', '--no-trunc', this.plan.image.reference),
    }
  }

  /** As it is told by nothing that smolvm prints. */
  async #record(): Promise<string> {
    const { smolvm } = this.machineHome.tools
    const db = createClient({ url: `file:${recordsFile(await smolvm.version(), smolvm.environment)}` })
    try {
      const { rows } = await db.execute({ sql: 'SELECT data FROM vms WHERE name = ?', args: [this.name] })
      return Buffer.from(rows[0]!.data as ArrayBuffer).toString()
    } finally {
      db.close()
    }
  }

  /** Command lines and environments of the processes of this machine that belong to the bottle. */
  async #processes(): Promise<string> {
    const keeper = (await new KeeperLink(keeperSocket(this.state)).state())?.pid
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    const texts = await Promise.all(
      pids.map(async (pid) => {
        const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'latin1').catch(() => '')
        const [line, environment] = await Promise.all([read('cmdline'), read('environ')])
        return Number(pid) === keeper || line.includes(this.name) ? `${line}\n${environment}\n` : ''
      }),
    )
    return texts.join('')
  }
}
