import type { BottleState } from '../contract/events.ts'
import type { SharedLogView, ShareView } from '../contract/views.ts'

/** What whoever holds a link may know of the bottle behind it. */
export const sharedView = (
  { slug, kind, expiresAt, fromLine, toLine }: ShareView,
  { agent, label, state, createdAt }: { agent: string; label: string | null; state: BottleState; createdAt: number },
): SharedLogView => ({ kind, agent, label, slug, state, createdAt, expiresAt, fromLine, toLine })
