import { homedir } from 'node:os'
import { docker } from './backends/docker/index.ts'
import { smolmachines } from './backends/smolmachines/index.ts'
import type { Backends } from './bottles/backend.ts'
import { followTab } from './bottles/follow-tab.ts'
import { KeptSecrets } from './bottles/kept-secrets.ts'
import type { MachineFacts, SmolvmFacts } from './bottles/machine-facts.ts'
import { BottleRegistry } from './bottles/registry.ts'
import type { Room } from './bottles/room.ts'
import { BottleService } from './bottles/service.ts'
import { startTime } from './bottles/start-times.ts'
import { StateFolders } from './bottles/state-folder.ts'
import { bottleStore } from './bottles/store.ts'
import type { EngineView } from './contract/views.ts'
import { openDatabase } from './db.ts'
import type { Env } from './env.ts'
import { ShareNotFoundError } from './errors.ts'
import { EventLog } from './events/log.ts'
import type { AcceptTty } from './http/app-server.ts'
import { eventRoutes } from './http/event-routes.ts'
import { healthRoute } from './http/health.ts'
import { logRoutes } from './http/log-routes.ts'
import type { Route } from './http/route.ts'
import { shareRoutes } from './http/share-routes.ts'
import { hostNetworks } from './lib/host-addresses.ts'
import { Scope } from './lib/scope.ts'
import type { Logger } from './logger.ts'
import { createManifests } from './manifest/manifests.ts'
import { NetworkService } from './network/service.ts'
import { sharedView } from './shares/shared-view.ts'
import { Shares } from './shares/shares.ts'
import { createDoctor } from './system/checks.ts'
import { Leftovers } from './system/leftovers.ts'
import { TerminalHost } from './terminal/host.ts'
import type { Context } from './trpc/context.ts'

/** Everything that the server is made of, built once. */
export interface Runtime {
  context: Context
  routes: readonly Route[]
  acceptTty: AcceptTty
  /** Ends what this process does; bottles keep running. */
  close(): Promise<void>
}

/** Where the server stands: `root` is the repository, in which `docker/` and `prisma/` are. */
export interface Place {
  root: string
  version: string
  /** Where the dashboard listens. */
  port: number
}

/** The only file that knows every room. Builds each service once, in the order in which they need each other. */
export async function createRuntime(env: Env, logger: Logger, { root, version, port }: Place): Promise<Runtime> {
  const scope = new Scope((name, error) => {
    if (error) logger.warn('A service could not be closed.', { service: name, error })
  })
  try {
    const db = await openDatabase(env.home)
    scope.defer('database', () => db.$disconnect())
    const events = await EventLog.open(db, {
      onProblem: (slug, why) => (why ? logger.error(why, { slug }) : logger.info('The log is stored again.', { slug })),
    })
    scope.defer('events', () => events.flush())
    const registry = await BottleRegistry.open(bottleStore(db), logger)
    const shares = new Shares(db)
    const folders = new StateFolders(env.home)
    const terminals = new TerminalHost()
    scope.defer('terminals', () => terminals.shutdown())
    const secrets = new KeptSecrets({ hostEnv: process.env, userHome: homedir() })
    const networks = new NetworkService({
      registry,
      events,
      folders,
      home: env.home,
      secrets: (plan) => secrets.again(plan),
      logger,
    })
    scope.defer('networks', () => networks.close())
    // One line for each backend that this installation has.
    const places = { root, home: env.home, extraCa: env.extraCa, dashboardPort: port }
    const containers = docker(places)
    const machines = smolmachines({
      ...places,
      cache: env.cache,
      program: env.smolvm,
      unenforcedAllowed: env.unenforcedSmolvm,
    })
    const backends: Backends = { docker: containers, smolmachines: machines }
    const manifests = createManifests({ home: env.home })

    const room: Room = {
      registry,
      events,
      terminals,
      backends,
      folders,
      isTerminalShared: (slug) => shares.hasTerminal(slug),
      hostEnv: process.env,
      userHome: homedir(),
      secrets,
      networks,
      logger,
    }
    const facts = (): MachineFacts => ({
      runsc: bottles.engine.runtime === 'runsc',
      engineProblem: bottles.engine.problem,
      hostEnv: new Set(Object.keys(process.env)),
      root,
      home: env.home,
      userHome: homedir(),
      smolvm: machines.seen(),
      networks: hostNetworks(),
      ...(env.baseImage && { baseImage: env.baseImage }),
    })
    const bottles = new BottleService(room, { manifests, facts })
    scope.defer('bottles', () => bottles.close())
    await Promise.all([bottles.start(), machines.facts()])
    void machines.tidy().catch((error) => logger.warn('What a killed server left could not be removed.', { error }))

    const doctor = createDoctor({
      env,
      logger,
      engineFacts: () => containers.engineFacts(),
      smolvm: () => machines.preflight(),
      askDatabase: () => db.$queryRaw`SELECT 1`,
    })
    const leftovers = new Leftovers({
      backends,
      folders,
      logger,
      known: () => new Set<string>(registry.all().map(({ slug }) => slug)),
      frozenOf: (slug) => registry.get(slug).frozen?.digest ?? null,
      isFreezing: (slug) => registry.view(slug).freezing,
    })
    const engine = () => bottles.engine

    return {
      context: {
        logger,
        manifests,
        bottles,
        networks,
        logs: {
          page: (slug, from, count) => events.page(registry.get(slug).slug, from, count),
          outline: (slug) => events.outline(registry.get(slug).slug),
          search: (slug, query, options) => events.search(registry.get(slug).slug, { query, ...options }),
        },
        shares: {
          create: (request) => shares.create(request),
          list: (slug) => shares.list(slug),
          revoke: (id) => shares.revoke(id),
          view: async (token) => {
            const share = await shares.open(token)
            if (!share || !registry.has(share.slug)) throw new ShareNotFoundError()
            return sharedView(share, registry.get(share.slug))
          },
        },
        system: {
          doctor: (fresh) => doctor.examine(fresh),
          act: (action) => machines.act(action),
          engine,
          isolation: () => [
            { backend: 'docker', name: engineName(bottles.engine), startMs: startTime('docker', registry.all()) },
            {
              backend: 'smolmachines',
              name: smolvmName(machines.seen()),
              startMs: startTime('smolmachines', registry.all()),
            },
          ],
          leftovers: () => leftovers.list(),
          clean: (ids, dryRun) => leftovers.clean(ids, dryRun),
        },
        follow: (request, signal) => followTab({ registry, events, engine }, request, signal),
      },
      routes: [
        healthRoute(version, engine),
        ...eventRoutes({ log: events, bottles: registry }),
        ...logRoutes({ log: events, bottles: registry }),
        ...shareRoutes({ log: events, shares, bottles: registry, stateFolder: (slug) => folders.of(slug) }),
      ],
      acceptTty: (...arrival) => terminals.accept(...arrival),
      close: async () => void (await scope.close()),
    }
  } catch (error) {
    await scope.close()
    throw error
  }
}

const engineName = ({ reachable, name }: EngineView): string | null => (reachable ? name : null)
const smolvmName = (seen: SmolvmFacts | null): string | null => seen && `smolvm ${seen.version}`
