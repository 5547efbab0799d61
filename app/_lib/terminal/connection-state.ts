import { TTY_CLOSE } from '@/server/contract/tty.ts'

/** Where a terminal's connection stands. Times are epoch milliseconds. */
export type ConnectionState =
  | { phase: 'connecting'; attempt: number }
  | { phase: 'open' }
  /** It comes back by itself at `retryAt`. */
  | { phase: 'waiting'; attempt: number; retryAt: number; reason: string }
  /** The program ended; `code` null when it cannot be told. */
  | { phase: 'ended'; code: number | null }
  /** There is no such terminal, or we broke the protocol: trying again would not help. */
  | { phase: 'gone'; reason: string }

export type ConnectionEvent =
  /** The server greeted us. */
  | { type: 'hello' }
  | { type: 'exit'; code: number | null }
  | { type: 'closed'; code: number }
  /** The time has come, or the operator does not want to wait. */
  | { type: 'retry' }

export const FIRST: ConnectionState = { phase: 'connecting', attempt: 0 }

/** Waits double from half a second to fifteen, and differ a little so that many tabs do not come at once, ms. */
export const retryDelay = (attempt: number, random: number): number =>
  Math.round(Math.min(15_000, 500 * 2 ** attempt) * (0.85 + 0.3 * random))

/**
 * What becomes of a connection. Pure: the clock and chance are given.
 * @param random from 0 to 1
 */
export function nextState(
  state: ConnectionState,
  event: ConnectionEvent,
  now: number,
  random: number,
): ConnectionState {
  if (state.phase === 'ended' || state.phase === 'gone') return state
  switch (event.type) {
    case 'hello':
      return { phase: 'open' }
    case 'exit':
      return { phase: 'ended', code: event.code }
    case 'retry':
      return state.phase === 'waiting' ? { phase: 'connecting', attempt: state.attempt } : state
    case 'closed':
      return afterClose(state, event.code, now, random)
  }
}

function afterClose(state: ConnectionState, code: number, now: number, random: number): ConnectionState {
  if (code === TTY_CLOSE.notFound) return { phase: 'gone', reason: 'This terminal is not there any more.' }
  if (code === TTY_CLOSE.elsewhere) return { phase: 'gone', reason: 'This page shows the terminal in another place.' }
  if (code === TTY_CLOSE.protocol)
    return { phase: 'gone', reason: 'The server did not understand this page. Reload it.' }
  if (code === TTY_CLOSE.ended) return { phase: 'ended', code: null }
  const attempt = state.phase === 'connecting' || state.phase === 'waiting' ? state.attempt + 1 : 0
  const reason = code === TTY_CLOSE.goingAway ? 'The server is restarting' : 'The connection dropped'
  return { phase: 'waiting', attempt, retryAt: now + retryDelay(attempt, random), reason }
}
