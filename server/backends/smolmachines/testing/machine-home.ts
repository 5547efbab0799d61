import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { MachineFacts } from '../../../bottles/machine-facts.ts'
import { planId } from '../../../contract/ids.ts'
import type { SmolmachinesPlan } from '../../../contract/plan.ts'
import { Docker } from '../../../engine/docker.ts'
import { hostNetworks } from '../../../lib/host-addresses.ts'
import { KeyedLock } from '../../../lib/keyed-lock.ts'
import type { LaunchChoice, ResolvedRequest } from '../../../manifest/request.ts'
import { resolve } from '../../../manifest/resolve.ts'
import { writeStarter } from '../../../manifest/starter.ts'
import { HOME_LABEL } from '../../../testing/fake-smolvm/machine/names.ts'
import { homeDigest } from '../../../testing/fake-smolvm/record/places.ts'
import { BootTrials } from '../boot-trials.ts'
import { existing } from '../existing.ts'
import { plan } from '../plan.ts'
import { Smolvm } from '../smolvm.ts'
import { smolvmFacts } from '../smolvm-facts.ts'
import { bundleSubnet } from '../subnet.ts'
import { teardown } from '../teardown.ts'
import type { SmolmachinesTools } from '../tools.ts'

const ROOT = path.resolve(import.meta.dirname, '../../../..')
/** The double of smolvm. */
const DOUBLE = path.join(ROOT, 'server/testing/fake-smolvm/bin/smolvm')
/** Making an artifact takes seconds: tests share them, and the product's own cache is not touched. */
const CACHE = path.join(tmpdir(), 'bot-bottle-test-cache')

export type Profile = '0.8.0' | '1.9.3'

/** Why tests on the double are skipped here, or null. */
export async function doubleAbsent(): Promise<string | null> {
  if (process.getuid?.() !== 0) return 'the double of smolvm makes real networks, which needs root'
  if (!existsSync(path.join(ROOT, 'dist/fake-smolvm/smolvm.mjs'))) return 'the double of smolvm is not built'
  return new Docker().version().then(
    () => null,
    (error: unknown) => `no Docker engine: ${String(error)}`,
  )
}

/** A home of its own with the starter set, and a smolvm of its own. Disposing removes all. */
export class MachineHome implements AsyncDisposable {
  private constructor(
    readonly home: string,
    readonly tools: SmolmachinesTools,
  ) {}

  static async create(
    profile: Profile = '1.9.3',
    knobs: Record<string, string> = {},
    cache = CACHE,
  ): Promise<MachineHome> {
    const home = await realpath(await mkdtemp(path.join(tmpdir(), 'bot-bottle-vm-')))
    await writeStarter(home)
    return MachineHome.at(home, profile, knobs, cache)
  }

  /** A home that another process made. @param knobs of the double, see `fake-smolvm/knobs.ts` */
  static at(home: string, profile: Profile = '1.9.3', knobs: Record<string, string> = {}, cache = CACHE): MachineHome {
    const extraCa = process.env.NODE_EXTRA_CA_CERTS ?? process.env.SSL_CERT_FILE ?? null
    const environment = { ...process.env, ...doubleEnv(home, profile), ...knobs }
    const smolvm = new Smolvm(DOUBLE, environment)
    return new MachineHome(home, {
      root: ROOT,
      home,
      extraCa,
      cache,
      program: DOUBLE,
      environment,
      unenforcedAllowed: true,
      docker: new Docker(),
      images: new KeyedLock(),
      smolvm,
      boots: new BootTrials(smolvm, { home, cache }),
    })
  }

  async write(file: string, text: string): Promise<void> {
    const full = path.join(this.home, file)
    await mkdir(path.dirname(full), { recursive: true })
    await writeFile(full, text)
  }

  async plan(choice: Partial<LaunchChoice> = {}): Promise<SmolmachinesPlan> {
    return plan(await this.request(choice), await this.facts())
  }

  request(choice: Partial<LaunchChoice>): Promise<ResolvedRequest> {
    return resolve(
      { agent: 'shell', ...choice },
      {
        home: this.home,
        now: 0,
        planId: planId.parse(randomUUID()),
        draw: drawOfThisWorker(choice.label ?? choice.agent ?? 'shell'),
        taken: new Set(),
      },
    )
  }

  async facts(): Promise<MachineFacts> {
    return {
      runsc: false,
      engineProblem: null,
      hostEnv: new Set(Object.keys(process.env)),
      root: ROOT,
      home: this.home,
      smolvm: await smolvmFacts(this.tools),
      networks: hostNetworks(),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { docker } = this.tools
    for (const { slug } of await existing(this.tools)) await teardown(slug, this.tools)
    // A command of the double that was ended in its middle leaves what a real one would leave of a machine.
    const dataDir = path.join(this.home, 'smolvm-data/smolvm')
    for (const { Id } of await docker.listContainers([`${HOME_LABEL}=${homeDigest(dataDir)}`]))
      await docker.removeContainer(Id)
    await rm(this.home, { recursive: true, force: true })
  }
}

/**
 * Test files run side by side, and a bottle's network is chosen when it is planned and made when it is launched: two
 * planned at once could want the same one. So each worker has every eighth network for its own.
 */
function drawOfThisWorker(name: string): string {
  const share = Number(process.env.VITEST_POOL_ID ?? 0) % 8
  for (;;) {
    const draw = randomUUID().slice(0, 5)
    const wanted = bundleSubnet(`${name}-${draw}`, [])
    if (Number(wanted?.subnet.split('.')[2]) % 8 === share) return draw
  }
}

/** Where the double keeps its things, and which version it plays. */
export const doubleEnv = (home: string, profile: Profile): Record<string, string> => ({
  FAKE_SMOLVM_PROFILE: profile,
  HOME: home,
  XDG_DATA_HOME: path.join(home, 'smolvm-data'),
})
