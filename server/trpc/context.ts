import type { TtySize } from '../bottles/backend.ts'
import type { BottleSlug, EventSeq, PlanId, ShareId } from '../contract/ids.ts'
import type { ManifestDocument, ManifestList } from '../contract/manifest.ts'
import type {
  BoundaryView,
  FreezeResult,
  NetworkFilter,
  NetworkPage,
  NetworkSummary,
  RoutesEdit,
  RoutesPreview,
  RoutesUpdated,
  RoutesView,
} from '../contract/network.ts'
import type { PlanResolution } from '../contract/plan.ts'
import type {
  BottleDetail,
  BottleView,
  CleanResult,
  DoctorAction,
  DoctorReport,
  EngineView,
  FrozenView,
  IsolationView,
  Leftover,
  LogOutline,
  LogPage,
  LogSearch,
  ShareCreated,
  SharedLogView,
  ShareView,
  TabMessage,
} from '../contract/views.ts'
import type { Logger } from '../logger.ts'
import type { LaunchChoice } from '../manifest/request.ts'

type Awaitable<T> = T | Promise<T>

/** What procedures may call: the services that `runtime.ts` built, by what they do for a page. */
export interface Context {
  logger: Logger
  manifests: {
    list(workspace?: string): Awaitable<ManifestList>
    get(kind: 'agent' | 'bottle', name: string, workspace?: string): Awaitable<ManifestDocument>
    writeStarter(): Awaitable<readonly string[]>
  }
  bottles: {
    resolve(choice: LaunchChoice): Awaitable<PlanResolution>
    launch(request: { planId: PlanId; digest: string; secrets: Readonly<Record<string, string>> }): Awaitable<{
      slug: BottleSlug
    }>
    list(): Awaitable<BottleView[]>
    get(slug: BottleSlug): Awaitable<BottleDetail>
    cancel(slug: BottleSlug): Awaitable<void>
    stop(slug: BottleSlug): Awaitable<{ leftBehind: string[] }>
    remove(slug: BottleSlug): Awaitable<void>
    freeze(slug: BottleSlug): Awaitable<FrozenView>
    resume(slug: BottleSlug): Awaitable<PlanResolution>
    openShell(slug: BottleSlug, size: TtySize): Awaitable<{ session: string }>
  }
  logs: {
    page(slug: BottleSlug, from: number, count: number): Awaitable<LogPage>
    outline(slug: BottleSlug): Awaitable<LogOutline>
    search(slug: BottleSlug, query: string, options: { caseSensitive: boolean }): Awaitable<LogSearch>
  }
  networks: {
    routes(slug: BottleSlug): Awaitable<RoutesView>
    preview(slug: BottleSlug, edit: RoutesEdit, bottle?: string): Awaitable<RoutesPreview>
    update(request: {
      slug: BottleSlug
      digest: string
      edit: RoutesEdit
      manifest?: { bottle: string; digest: string } | undefined
    }): Awaitable<RoutesUpdated>
    freeze(slug: BottleSlug | null, frozen: boolean): Awaitable<FreezeResult[]>
    readonly allFrozen: boolean
    page(
      slug: BottleSlug,
      wanted: { before?: string | undefined; limit: number; filter?: NetworkFilter | undefined },
    ): Awaitable<NetworkPage>
    summary(slug: BottleSlug): Awaitable<NetworkSummary>
    probe(slug: BottleSlug): Awaitable<BoundaryView>
    restartBundle(slug: BottleSlug): Awaitable<void>
    boundary(slug: BottleSlug): Awaitable<BoundaryView | null>
  }
  shares: {
    create(request: {
      slug: BottleSlug
      kind: 'log' | 'terminal'
      fromLine: number | null
      toLine: number | null
      expiresInHours: number
    }): Awaitable<ShareCreated>
    list(slug?: BottleSlug): Awaitable<ShareView[]>
    revoke(id: ShareId): Awaitable<ShareView>
    /** What a link shows. @throws ShareNotFoundError for one that is unknown, ended or revoked alike */
    view(token: string): Awaitable<SharedLogView>
  }
  system: {
    doctor(fresh: boolean): Awaitable<DoctorReport>
    /** Begins what a row of the doctor offers; the row tells how it goes. */
    act(action: DoctorAction): Awaitable<void>
    engine(): Awaitable<EngineView>
    isolation(): Awaitable<readonly IsolationView[]>
    leftovers(): Awaitable<Leftover[]>
    clean(ids: readonly string[], dryRun: boolean): Awaitable<CleanResult>
  }
  /** One stream per browser tab. Yields the number of the last event of `slug` that the tab then has. */
  follow(
    request: { slug: BottleSlug | null; after: EventSeq },
    signal: AbortSignal,
  ): AsyncIterable<{ seq: EventSeq; message: TabMessage }>
}
