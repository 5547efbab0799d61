import type { EgressAudit } from './egress.ts'
import type { BottleSlug } from './ids.ts'
import type { FileProblem } from './manifest.ts'
import type { RoutePlan } from './plan.ts'
import type { ProbeCheck } from './probe.ts'

/** Where a route that is in force now comes from: the plan, or the operator's hand while the bottle ran. */
export type RouteOrigin = RoutePlan['origin'] | { kind: 'live'; name: string }
export type LiveRoute = Omit<RoutePlan, 'origin'> & { origin: RouteOrigin }

/** The routes of a bottle as they are enforced now. */
export interface RoutesView {
  slug: BottleSlug
  /** The operator closed all egress; the routes stand as they are. */
  frozen: boolean
  /** Ordered by host. */
  routes: readonly LiveRoute[]
  /** Fixed addresses, by host. */
  resolve: Readonly<Record<string, string>>
  /**
   * Every route but the provider's own, as `egress.routes` of a bottle file is written: what the operator edits.
   * A list in YAML; `[]` when there is none.
   */
  text: string
  /** Of the table in force; an edit names it, so that two editors do not undo each other. */
  digest: string
  status: TableStatus
  /** Names that `auth.token_ref` of an edited route may have: egress has no other credential. */
  slots: readonly string[]
  /** Bottle files to which a change can be written, by name. */
  bottles: readonly string[]
}

/** What egress said of the table that was last written. */
export type TableStatus =
  | { kind: 'in-force' }
  /** Nothing yet: the bundle is down, restarting or slow. It reads the table when it is back. */
  | { kind: 'unconfirmed' }
  /** It was refused, and the one before stays. */
  | { kind: 'refused'; message: string }

/** A change to the routes of a running bottle. */
export type RoutesEdit =
  /** The whole of `RoutesView.text`, edited. */
  | { kind: 'text'; text: string }
  /** Lets one more kind of request through: as little as possible. */
  | {
      kind: 'allow'
      host: string
      port: number
      methods: readonly string[]
      /** A path without query. A prefix ends at a segment. */
      path: { type: 'exact' | 'prefix'; value: string }
    }

/** What an edit would do. Nothing was changed. */
export interface RoutesPreview {
  /** Why it cannot be done; then the rest is empty. Lines are those of the edited text. */
  problems: readonly FileProblem[]
  /** Unified diff of `RoutesView.text`; empty when nothing changes. */
  diff: string
  /** In words, one line each: `api.github.com added`. */
  changes: readonly string[]
  /** What would be written to the bottle file that was named. */
  manifest: ManifestEdit | null
}
export interface ManifestEdit {
  /** `bottles/dev.md` */
  file: string
  /** Unified diff; empty when the file says so already. */
  diff: string
  /** Of the file as it is now: what was reviewed is what is changed. */
  digest: string
}

export interface RoutesUpdated {
  routes: RoutesView
  changes: readonly string[]
  /** Milliseconds from writing the table to egress saying that it is in force; null while it has not. */
  tookMs: number | null
  /** The bottle file that was changed, too. */
  manifest: { file: string; diff: string } | null
}

export interface FreezeResult {
  slug: BottleSlug
  frozen: boolean
  /** As `RoutesUpdated.tookMs`. */
  tookMs: number | null
  /** Why it could not be done. */
  problem: string | null
}

/** What the last boundary probe saw. */
export interface BoundaryView {
  /** Epoch milliseconds. */
  at: number
  verdict: 'green' | 'red'
  checks: readonly ProbeCheck[]
  durationMs: number
}

/** One line of the network tab. */
export interface NetworkRequest extends EgressAudit {
  /** Stable within the bottle, and a cursor: `<number of the event>.<place in it>`. */
  id: string
}
export interface NetworkFilter {
  outcome?: EgressAudit['outcome'] | undefined
  /** Exactly this host. */
  host?: string | undefined
}
/** A page of requests, newest first. */
export interface NetworkPage {
  requests: readonly NetworkRequest[]
  /** Cursor of the next page; null when there are no older requests. A page may be short and still have a next one. */
  next: string | null
}

export interface NetworkTotals {
  requests: number
  refused: number
  redacted: number
  /** Of bodies. */
  bytesUp: number
  bytesDown: number
  /** Of answered requests, in milliseconds, within 10 %; null when there was none. */
  latency: { p50: number; p99: number } | null
  /** Epoch milliseconds of the last one. */
  lastAt: number | null
}
export interface NetworkSummary extends NetworkTotals {
  /** Requests in the last 60 seconds. */
  perMinute: number
  /** Lines of audit that the bundle or the store had to drop. */
  lost: number
  /** Most requests first, at most 200; what is asked for beyond that is in the totals only. */
  hosts: readonly (NetworkTotals & { host: string })[]
}
