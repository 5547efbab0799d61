import type { BottleState } from '../contract/events.ts'
import type { BottleSlug } from '../contract/ids.ts'
import { BackendUnavailableError, messageOf } from '../errors.ts'
import type { EventLog } from '../events/log.ts'
import type { Logger } from '../logger.ts'
import type { Backend, Backends } from './backend.ts'
import type { KeptSecrets } from './kept-secrets.ts'
import type { Networks } from './networks.ts'
import type { BottleRegistry } from './registry.ts'
import type { StateFolders } from './state-folder.ts'
import type { BottleChange } from './store.ts'
import type { Terminals } from './terminals.ts'

/** What launching, stopping, watching and reconciling work on together. */
export interface Room {
  registry: BottleRegistry
  events: Pick<EventLog, 'append' | 'flush' | 'follow' | 'lastSeq' | 'lineCount' | 'mask' | 'remove'>
  terminals: Terminals
  backends: Backends
  folders: StateFolders
  /** Whether a share that still works shows the terminal of this bottle. */
  isTerminalShared(slug: BottleSlug): Promise<boolean>
  hostEnv: Readonly<Record<string, string | undefined>>
  /** Absolute path of the user's own home, where logins of the host are; absent: none can be forwarded. */
  userHome?: string
  /** What secrets this server still knows. */
  secrets: KeptSecrets
  /** Absent in tests that have no network. */
  networks?: Networks
  logger: Logger
}

const ENDED: readonly BottleState[] = ['exited', 'failed', 'stopped']

/** Moves a bottle to a state: in memory and for pages at once, in the database and as an event soon after. */
export function enter(
  { registry, events }: Room,
  slug: BottleSlug,
  state: BottleState,
  evidence: string,
  more: BottleChange = {},
): void {
  const now = Date.now()
  const before = registry.get(slug)
  const ended = ENDED.includes(state)
  registry.see(slug, {
    doubt: null,
    ...(state !== 'launching' && { launch: null }),
    ...(ended && { life: null, egress: null }),
  })
  registry.change(slug, {
    state,
    evidence,
    stateSince: now,
    endedAt: ended ? (before.endedAt ?? now) : null,
    ...more,
  })
  const exitCode = more.exitCode ?? null
  events.append(slug, { type: 'state', state, evidence, ...(exitCode !== null && { exitCode }) })
}

const INCOMPLETE = ' Not everything of it could be removed.'

/** Why a bottle is over, with or without the remark that something is left behind (`leftBehind` has the names). */
export function overBecause(evidence: string, leftBehind: readonly string[]): string {
  const reason = evidence.replace(INCOMPLETE, '')
  if (leftBehind.length === 0) return reason
  return `${/[.!?]$/.test(reason) ? reason : `${reason}.`}${INCOMPLETE}`
}

/** @throws BackendUnavailableError when this installation has no such backend */
export function backendOf({ backends, registry }: Pick<Room, 'backends' | 'registry'>, slug: BottleSlug): Backend {
  return backendNamed(backends, registry.get(slug).backend)
}

export function backendNamed(backends: Backends, name: keyof Backends): Backend {
  const backend = backends[name]
  if (!backend) throw new BackendUnavailableError(name, 'This installation does not have it; choose another backend.')
  // Each backend takes the plans of its own name only, which the caller just looked up: the compiler cannot tell.
  return backend as Backend
}

/** Tells the events of a bottle about each release, and gathers the names of those that failed. */
export function releases({ events }: Room, slug: BottleSlug) {
  const failed: string[] = []
  const onRelease = (name: string, error?: unknown) => {
    if (error === undefined) return events.append(slug, { type: 'release-done', name })
    failed.push(name)
    const hint =
      error instanceof Error && 'hint' in error
        ? String(error.hint)
        : 'Stop the bottle again once the cause is gone; the system page lists what is left over.'
    events.append(slug, { type: 'release-failed', name, message: messageOf(error), hint })
  }
  return { failed, onRelease }
}
