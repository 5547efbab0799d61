import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Backend } from '../bottles/backend.ts'
import { KeptSecrets } from '../bottles/kept-secrets.ts'
import { BottleRegistry } from '../bottles/registry.ts'
import type { Room } from '../bottles/room.ts'
import { BottleService } from '../bottles/service.ts'
import { StateFolders } from '../bottles/state-folder.ts'
import { bottleStore } from '../bottles/store.ts'
import type { BottleEvent, BottleState } from '../contract/events.ts'
import type { BottleSlug } from '../contract/ids.ts'
import type { DockerPlan } from '../contract/plan.ts'
import { openDatabase } from '../db.ts'
import { EventLog } from '../events/log.ts'
import { createLogger } from '../logger.ts'
import { createManifests } from '../manifest/manifests.ts'
import type { LaunchChoice } from '../manifest/request.ts'
import { Shares } from '../shares/shares.ts'
import { TerminalHost } from '../terminal/host.ts'
import { ScriptedBackend } from './scripted-backend.ts'

/** Real services on a home of their own, over a scripted engine unless told. `restart` makes the next server on the home. */
export class BottleBench<B extends Backend<DockerPlan> = ScriptedBackend> implements AsyncDisposable {
  readonly hostEnv: Record<string, string> = {}
  readonly logged: string[] = []
  #close: (() => Promise<void>) | null = null
  room!: Room
  shares!: Shares
  service!: BottleService

  constructor(
    readonly home: string,
    readonly backend: B,
    private readonly root = '/',
  ) {}

  /** With an agent `shell` on a bottle `shell`, and no server yet: see `start`. */
  static async make(): Promise<BottleBench> {
    const bench = new BottleBench(await mkdtemp(path.join(tmpdir(), 'bot-bottle-test-')), new ScriptedBackend())
    await bench.write('bottles/shell.md', '---\nagent_provider:\n  template: shell\n---\n')
    await bench.write('agents/shell.md', '---\nbottle: shell\n---\nBe kind.\n')
    return bench
  }

  static async started(): Promise<BottleBench> {
    const bench = await BottleBench.make()
    await bench.start()
    return bench
  }

  async write(file: string, content: string): Promise<void> {
    const full = path.join(this.home, file)
    await mkdir(path.dirname(full), { recursive: true })
    await writeFile(full, content)
  }

  async start(): Promise<void> {
    const db = await openDatabase(this.home)
    const logger = createLogger('debug', (line) => this.logged.push(line))
    const events = await EventLog.open(db)
    const terminals = new TerminalHost()
    this.shares = new Shares(db)
    this.room = {
      registry: await BottleRegistry.open(bottleStore(db), logger),
      events,
      terminals,
      backends: { docker: this.backend },
      folders: new StateFolders(this.home),
      isTerminalShared: (slug) => this.shares.hasTerminal(slug),
      hostEnv: this.hostEnv,
      secrets: new KeptSecrets({ hostEnv: this.hostEnv }),
      logger,
    }
    const facts = () => ({
      runsc: false,
      engineProblem: null,
      hostEnv: new Set<string>(),
      root: this.root,
      home: this.home,
    })
    this.service = new BottleService(this.room, { manifests: createManifests({ home: this.home }), facts })
    this.#close = async () => {
      await this.service.close()
      await terminals.shutdown()
      await db.$disconnect()
    }
    await this.service.start()
  }

  /** Ends this server and starts the next one. */
  async restart(): Promise<void> {
    await this.close()
    await this.start()
  }

  /** Resolves and confirms. */
  async launch(
    label?: string,
    secrets: Record<string, string> = {},
    choice: Omit<LaunchChoice, 'agent'> = {},
  ): Promise<BottleSlug> {
    const labelled = label !== undefined && { label }
    const { planId, digest } = await this.service.resolve({ agent: 'shell', ...labelled, ...choice })
    return (await this.service.launch({ planId, digest, secrets })).slug
  }

  /** Waits until a bottle is in one of these states. */
  async until(slug: BottleSlug, ...states: BottleState[]): Promise<void> {
    const end = new AbortController()
    const changes = this.room.registry.follow(end.signal)
    try {
      if (states.includes(this.room.registry.get(slug).state)) return
      for await (const batch of changes)
        for (const message of batch)
          if (message.kind === 'bottle' && message.bottle.slug === slug && states.includes(message.bottle.state)) return
    } finally {
      end.abort()
    }
  }

  /** Everything that was told of a bottle, in order. */
  async told(slug: BottleSlug): Promise<BottleEvent[]> {
    await this.room.events.flush(slug)
    const end = new AbortController()
    const told: BottleEvent[] = []
    const last = this.room.events.lastSeq(slug)
    if (last === 0) return told
    for await (const batch of this.room.events.follow(slug, 0, end.signal)) {
      told.push(...batch.map(({ event }) => event))
      if (batch.at(-1)!.seq >= last) break
    }
    end.abort()
    return told
  }

  /** Ends this server; what it launched goes on. */
  async close(): Promise<void> {
    await this.#close?.()
    this.#close = null
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
    await rm(this.home, { recursive: true, force: true })
  }
}
