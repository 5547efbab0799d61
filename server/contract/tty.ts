/** Subprotocol of `WS /api/bottles/<slug>/tty?session=&page=&watching=`. Binary frames are terminal bytes both ways, text frames JSON. */
export const TTY_PROTOCOL = 'bot-bottle.tty.v1'

/**
 * The page acknowledges what it has drawn in steps of this many bytes, and says nothing of less, for as long as it may
 * be; well below LOW_WATER, or a pause never ends.
 */
export const ACK_EVERY = 16 * 1024
/** Unacknowledged bytes above which the container's stream is paused … */
export const HIGH_WATER = 256 * 1024
/** … and below which it flows again. */
export const LOW_WATER = 64 * 1024

export type { TtyFromPage, TtyVisitor } from './tty-frames.ts'

/** From us to the page. */
export type TtyToPage =
  | { type: 'hello'; cols: number; rows: number; writer: boolean; session: string }
  /** Restores screen and scrollback; bytes that follow continue from here. */
  | { type: 'snapshot'; cols: number; rows: number; data: string }
  | { type: 'size'; cols: number; rows: number }
  | { type: 'role'; writer: boolean }
  | { type: 'exit'; code: number | null }
  | { type: 'pong' }

/** WebSocket close codes of ours, with what the page should do. */
export const TTY_CLOSE = {
  /** The server goes away: reconnect. */
  goingAway: 1001,
  /** No such bottle or session: do not reconnect. */
  notFound: 4404,
  /** The same page opened it once more; that is where it goes on: do not reconnect. */
  elsewhere: 4409,
  /** The session ended; its exit code was sent: do not reconnect. */
  ended: 4410,
  /** A frame broke the protocol. */
  protocol: 4400,
} as const
