import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Conversation, NO_SUCH_NAME } from './conversation.ts'

/** Docker's own resolver answers here even when resolv.conf names another. */
export const ENGINE_RESOLVER = { host: '127.0.0.11', port: 53 }
/** It gives up whom it asks after four seconds; on a machine that is busy to its limits it needs one itself. */
const PENDING_MS = 3_000

export interface EngineResolverParts {
  at: { host: string; port: number }
  /** Of nobody's business. */
  names: readonly string[]
  /** Which it knows by itself: this bottle's. */
  own: string
  /** From when on one who asks in vain inside this bottle is told from one who asks outside. */
  silenceMs: number
  pendingMs?: number
  /** Whether a connection is sought to a resolver inside this bottle's network, where nobody is. */
  asksInside?(): boolean
}

/**
 * - `closed`: it has nobody to ask, or there is none.
 * - `answered`: somebody outside knew of a name, or of its absence.
 * - `asking`: it waits for somebody outside, who has read the names by then.
 * - `unproved`: it does not even answer for what it knows by itself.
 */
export type EngineResolver = { kind: 'closed' | 'asking' | 'unproved' } | { kind: 'answered'; names: string[] }

/**
 * Whether the engine's resolver passes names on. It takes the questions of one connection in turn: once it has answered
 * for a name that it knows by itself, all that was asked before is over, however slow, and nothing needs to be waited for.
 */
export async function engineResolver(parts: EngineResolverParts): Promise<EngineResolver> {
  const { at, names, own, silenceMs, pendingMs = PENDING_MS, asksInside = seeksResolver } = parts
  const [asked, control] = [new Conversation(at, [...names, own]), new Conversation(at, [own])]
  const over = (ms: number) => Promise.race([asked.over, sleep(ms, undefined, { ref: false })])
  try {
    await over(silenceMs)
    if (asked.state === 'open' && !asksInside()) await over(pendingMs)
    const told = asked.answers.filter(
      ({ id, code, count }) => id < names.length && (count > 0 || code === NO_SUCH_NAME),
    )
    if (told.length > 0) return { kind: 'answered', names: told.map(({ id }) => names[id]!) }
    if (asked.state === 'done') return { kind: 'closed' }
    if (asked.state === 'broken' || control.state !== 'done') return { kind: 'unproved' }
    return { kind: asksInside() ? 'closed' : 'asking' }
  } finally {
    asked.end()
    control.end()
  }
}

/**
 * What the engine asks on behalf of a bottle it may ask from within its network, which has no way out (another check).
 * @see proc(5), /proc/net/tcp: 02 is SYN_SENT, and 0035 port 53
 */
const seeksResolver = (): boolean => / [0-9A-F]+:0035 02 /.test(readFileSync('/proc/net/tcp', 'utf8'))
