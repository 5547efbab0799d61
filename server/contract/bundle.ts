import type { EgressAudit } from './egress.ts'

/** Daemons that one bundle can run. Each has a user of its own, so that none reads another's memory or keys. */
export const DAEMON_UIDS = { egress: 10001, 'git-gate': 10002, supervise: 10003 } as const
export type DaemonName = keyof typeof DAEMON_UIDS

export const EGRESS_PORT = 9099
/** Folder in which egress finds `routes.yaml`: bound as a folder, because a bound file keeps its first inode for ever. */
export const ROUTES_FOLDER = '/etc/bot-bottle/egress'
export const ROUTES_FILE = 'routes.yaml'

/**
 * What the server hands to a bundle: one line of JSON on its standard input. A later line replaces all of it; daemons
 * that run take over the new secrets without a restart. It is never in the environment, on a command line or on a disk.
 */
export interface BundleInput {
  daemons: readonly DaemonName[]
  egress?: EgressInput
}

/**
 * Another line that the server may write to a bundle that has its secrets: these take the place of those of the same
 * name, and the rest of what was handed over stays. For a credential that was renewed while the bottle runs.
 */
export interface BundleRenewal {
  renew: Pick<EgressInput, 'tokens' | 'known'>
}

export interface EgressInput {
  /** Address to listen on: the bundle's on the internal network. Absent: all of them. */
  listen?: string
  /** PEM of the bottle's own authority. */
  ca: { certificate: string; key: string }
  /** Token values by slot. */
  tokens: Readonly<Record<string, string>>
  /** Secrets of this bottle that must not leave, by a name that may be shown. */
  known: readonly { name: string; value: string }[]
  /** PEM of authorities that upstreams may have besides the public ones. */
  upstreamCa: readonly string[]
}

/** What a bundle tells. */
export type BundleNews =
  | { kind: 'audit'; line: EgressAudit }
  /** A table was read: in force from now on, or refused and the one before stays. */
  | { kind: 'table'; ok: true; digest: string }
  | { kind: 'table'; ok: false; message: string }
  | { kind: 'daemon'; name: DaemonName; state: 'up' | 'down' | 'gave-up'; restarts: number; why?: string }
  /** All daemons of the list run with the secrets of the last hand-over. Told after each. */
  | { kind: 'ready' }
  /** A line on standard input was not a `BundleInput`; what was handed over before stays. */
  | { kind: 'input-refused'; message: string }
  /** The reader was too slow and memory is bounded: so many lines of audit are missing here. */
  | { kind: 'lost'; audits: number }
  /** The last line of a run. `failed` when a daemon could not be kept alive. */
  | { kind: 'ended'; failed: boolean; why: string }

/**
 * One line of a bundle's standard output. `n` grows by one with each line and never starts again, not even when the
 * container is started a second time (it begins with the time): a reader keeps the largest it has seen.
 */
export type BundleLine = BundleNews & { n: number }

/** What `node supervisor.mjs --health` prints; it exits with 0 when `ready` and with 1 otherwise. */
export interface BundleHealth {
  ready: boolean
  /** False until the first hand-over: nothing runs yet. */
  handedOver: boolean
  /** Names (never values) of what was handed over: slots of tokens, and secrets that must not leave. */
  given: readonly string[]
  daemons: readonly {
    name: DaemonName
    state: 'starting' | 'up' | 'down'
    pid: number | null
    uid: number
    restarts: number
    /** Epoch milliseconds at which the state began. */
    since: number
    why?: string
  }[]
  /** Lines that wait to be written, and audit lines that had to be dropped so far. */
  waiting: number
  lost: number
}
