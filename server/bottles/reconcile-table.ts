import type { BottleState } from '../contract/events.ts'
import type { ExistingBottle } from './backend.ts'

/** What the engine has of a bottle. */
export type Reality = ExistingBottle['agent'] | 'absent'

export type Remedy =
  /** It runs: take it up again. */
  | { do: 'adopt' }
  /** Its agent ended while nobody looked. */
  | { do: 'exited' }
  /** Nothing of it is there: say so. */
  | { do: 'settle'; state: 'failed' | 'stopped'; evidence: string }
  /** Remove what is there, then say so; without evidence, the reason that was known before stays. */
  | { do: 'teardown'; state: 'failed' | 'stopped'; evidence: string | null }
  | { do: 'nothing' }

const HALF_MADE = 'The server ended in the middle of the launch; what it had made was removed at the next start.'
const HALF_STOPPED = 'The server ended in the middle of a stop, which was finished at the next start.'
const WENT_AWAY = 'The agent’s container went away while the server was not looking.'
const REMOVED_OUTSIDE = 'It was removed from outside.'

/**
 * What to do about a bottle when what is remembered meets what exists: at start, and when the engine is back. Every
 * combination has a row; the test lists them all.
 */
export function remedy(remembered: BottleState, reality: Reality): Remedy {
  switch (remembered) {
    case 'launching':
      return reality === 'absent'
        ? { do: 'settle', state: 'failed', evidence: HALF_MADE }
        : { do: 'teardown', state: 'failed', evidence: HALF_MADE }
    case 'stopping':
      return reality === 'absent'
        ? { do: 'settle', state: 'stopped', evidence: HALF_STOPPED }
        : { do: 'teardown', state: 'stopped', evidence: HALF_STOPPED }
    case 'running':
    case 'needs-you':
    case 'idle':
      if (reality === 'running') return { do: 'adopt' }
      if (reality === 'ended') return { do: 'exited' }
      if (reality === 'partial') return { do: 'teardown', state: 'failed', evidence: WENT_AWAY }
      return { do: 'settle', state: 'failed', evidence: WENT_AWAY }
    case 'exited':
      // Started again by hand: it runs, whatever we thought.
      if (reality === 'running') return { do: 'adopt' }
      if (reality === 'ended') return { do: 'nothing' }
      if (reality === 'partial') return { do: 'teardown', state: 'stopped', evidence: REMOVED_OUTSIDE }
      return { do: 'settle', state: 'stopped', evidence: REMOVED_OUTSIDE }
    case 'failed':
    case 'stopped':
      // A removal that did not work then may work now.
      if (reality === 'absent') return { do: 'nothing' }
      return { do: 'teardown', state: remembered, evidence: null }
    default:
      return remembered satisfies never
  }
}
