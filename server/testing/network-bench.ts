import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Bottle } from '../bottles/backend.ts'
import type { SecretsAgain } from '../bottles/networks.ts'
import { BottleRegistry } from '../bottles/registry.ts'
import { StateFolders } from '../bottles/state-folder.ts'
import { bottleStore } from '../bottles/store.ts'
import type { BottleEvent } from '../contract/events.ts'
import type { BottleSlug, ManifestName, Sha256 } from '../contract/ids.ts'
import type { DockerPlan, EgressPlan } from '../contract/plan.ts'
import { openDatabase } from '../db.ts'
import { EventLog } from '../events/log.ts'
import { createLogger } from '../logger.ts'
import { NetworkService } from '../network/service.ts'
import type { GuestFile } from '../providers/guest-file.ts'
import { modelRoute } from '../providers/model-route.ts'
import { enforced } from '../sidecars/egress/route-forms.ts'
import { tableFolder } from '../sidecars/egress/table-file.ts'
import { FakeBundle } from './fake-bundle.ts'
import { samplePlan } from './sample-plan.ts'

const provider = modelRoute('claude', {
  host: 'api.anthropic.com',
  paths: [{ type: 'prefix', value: '/v1/messages' }],
  auth: { scheme: 'Bearer', header: 'Authorization' },
  slot: { slot: 'CLAUDE', source: { kind: 'host-env', name: 'CLAUDE' } },
})

/** A provider's route with a credential, and one of a bottle's. */
export const EGRESS: EgressPlan = {
  log: 1,
  resolve: {},
  routes: [
    provider.route,
    enforced(
      { host: 'registry.npmjs.org', ports: [443], matches: [{ methods: ['GET'] }] },
      { kind: 'bottle', name: 'dev' },
    ),
  ],
  slots: [provider.slot],
}

/** The network's room over a database, folders and bundles of its own; `restart` makes the next server on them. */
export class NetworkBench implements AsyncDisposable {
  readonly bundles = new Map<BottleSlug, FakeBundle>()
  service!: NetworkService
  events!: EventLog
  registry!: BottleRegistry
  /** What can be had again of every bottle's secrets. */
  secrets: SecretsAgain = { tokens: new Map(), secrets: new Map(), logins: [], missing: [] }
  /** What was written into guests. */
  readonly guestFiles: (readonly GuestFile[])[] = []
  #close: () => Promise<void> = async () => {}

  private constructor(readonly home: string) {}

  static async make(): Promise<NetworkBench> {
    const bench = new NetworkBench(await mkdtemp(path.join(tmpdir(), 'bot-bottle-net-')))
    await bench.#start()
    return bench
  }

  /** Launches a bottle as far as the network is concerned. */
  async launch(
    name = 'dev-abcde',
    egress = EGRESS,
  ): Promise<{ slug: BottleSlug; bundle: FakeBundle; plan: DockerPlan }> {
    const slug = await this.prepare(name, egress)
    const { plan } = this.registry.get(slug)
    this.registry.change(slug, { state: 'running' })
    const bundle = new FakeBundle(tableFolder(new StateFolders(this.home).of(slug)))
    this.bundles.set(slug, bundle)
    await bundle.start()
    await this.up(slug)
    return { slug, bundle, plan: plan as DockerPlan }
  }

  /** As far as a launch goes before anything of the bottle runs. */
  async prepare(name: string, egress = EGRESS): Promise<BottleSlug> {
    const slug = name as BottleSlug
    const plan = samplePlan({ slug, bottles: ['dev' as ManifestName], egress })
    await this.registry.add(plan, 'a'.repeat(64) as Sha256, '')
    await new StateFolders(this.home).write(plan)
    await this.service.prepare(plan)
    return slug
  }

  async up(slug: BottleSlug): Promise<void> {
    const putFiles: Bottle['putFiles'] = async (files) => void this.guestFiles.push(files)
    await this.service.up({ slug, bundle: this.bundles.get(slug), putFiles } as unknown as Bottle)
  }

  async restart(): Promise<void> {
    await this.#close()
    await this.#start()
    for (const slug of this.bundles.keys()) await this.up(slug)
  }

  async write(file: string, text: string): Promise<void> {
    await mkdir(path.dirname(path.join(this.home, file)), { recursive: true })
    await writeFile(path.join(this.home, file), text)
  }
  read(file: string): Promise<string> {
    return readFile(path.join(this.home, file), 'utf8')
  }

  /** Stored events of one kind, oldest first. */
  async stored<T extends 'egress' | 'routes' | 'bundle'>(
    slug: BottleSlug,
    type: T,
  ): Promise<Extract<BottleEvent, { type: T }>[]> {
    await this.events.flush(slug)
    const rows = await this.events.network(slug, type, { limit: 1000 })
    return rows.reverse().map(({ event }) => event as Extract<BottleEvent, { type: T }>)
  }

  async #start(): Promise<void> {
    const db = await openDatabase(this.home)
    const logger = createLogger('error', () => {})
    this.events = await EventLog.open(db)
    this.registry = await BottleRegistry.open(bottleStore(db), logger)
    const folders = new StateFolders(this.home)
    this.service = new NetworkService({
      registry: this.registry,
      events: this.events,
      folders,
      home: this.home,
      secrets: async () => this.secrets,
      logger,
    })
    this.#close = async () => {
      this.service.close()
      await this.events.flush()
      await this.registry.saved()
      await db.$disconnect()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close()
    await rm(this.home, { recursive: true, force: true })
  }
}
