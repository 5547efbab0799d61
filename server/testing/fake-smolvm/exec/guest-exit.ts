import type { Profile } from '../profile.ts'

const LAST_SIGNAL = 64
export const TIMED_OUT = 124

/**
 * The engine says 128 + n for a program that signal n killed, and so does a program that exits with that number: here
 * both count as killed. Before 0.8.1 that is -1, which the system makes 255.
 */
export function guestExit(code: number, profile: Profile): number {
  const killed = code > 128 && code <= 128 + LAST_SIGNAL
  return killed && !profile.has('signal codes') ? 255 : code
}
