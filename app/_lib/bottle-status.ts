import type { BottleView } from '@/server/contract/views.ts'
import { formatAge } from './format'

/** The sign that stands for a state everywhere: list, palette, tab icon, notification. */
export type StatusShapeName = 'ring' | 'dot' | 'dot-idle' | 'diamond' | 'tick' | 'triangle' | 'square' | 'broken-shield'
export type StatusTone = 'working' | 'needs' | 'launching' | 'failed' | 'idle'

export interface BottleStatus {
  shape: StatusShapeName
  tone: StatusTone
  /** `Launching`, `Needs you` … */
  word: string
  /** After the word: the step, what is wanted, the exit code. */
  detail: string | null
  /** Steps done of all, 0 to 1, for the ring. */
  progress: number | null
}

type Seen = Pick<BottleView, 'state' | 'evidence' | 'exitCode' | 'launch' | 'stateSince' | 'egress'>

/** The last proof from inside did not hold, so egress closed itself. What else the bottle does comes after that. */
export const isBoundaryRed = ({ egress }: Pick<BottleView, 'egress'>): boolean => egress?.probe === 'red'

/** Its sidecars ended, and only the operator starts them again. Nothing goes out, whatever the last proof said. */
const isEgressDown = ({ egress }: Pick<BottleView, 'egress'>): boolean => egress?.down?.again === false

/** Nothing goes out, by nobody's hand: what the operator must hear of before anything else of the bottle. */
export const isEgressClosed = (bottle: Pick<BottleView, 'egress'>): boolean =>
  isEgressDown(bottle) || isBoundaryRed(bottle)

/** Closed by the operator's hand; a probe that failed closes egress as well, and is told as such. */
export const isFrozen = (bottle: Pick<BottleView, 'egress'>): boolean =>
  bottle.egress?.frozen === true && !isBoundaryRed(bottle)

/** State of a bottle as the operator reads it. `now` in epoch milliseconds, for “Idle 12 min”. */
export function statusOf(bottle: Seen, now: number): BottleStatus {
  const say = (
    shape: StatusShapeName,
    tone: StatusTone,
    word: string,
    detail: string | null = null,
    progress: number | null = null,
  ): BottleStatus => ({ shape, tone, word, detail, progress })

  if (isEgressDown(bottle)) return say('broken-shield', 'failed', 'Egress closed', 'sidecars ended')
  if (isBoundaryRed(bottle)) return say('broken-shield', 'failed', 'Egress closed', 'probe failed')
  switch (bottle.state) {
    case 'launching': {
      const { launch } = bottle
      return say(
        'ring',
        'launching',
        'Launching',
        launch?.step ?? null,
        launch ? launch.done / Math.max(1, launch.total) : 0,
      )
    }
    case 'running':
      return say('dot', 'working', 'Working')
    case 'needs-you':
      return say('diamond', 'needs', 'Needs you', bottle.evidence || null)
    case 'idle':
      return say(
        'dot-idle',
        'idle',
        'Idle',
        now - bottle.stateSince < 60_000 ? null : formatAge(now - bottle.stateSince),
      )
    case 'exited':
      return bottle.exitCode === 0 || bottle.exitCode === null
        ? say('tick', 'idle', 'Finished', bottle.exitCode === null ? null : 'exit 0')
        : say('triangle', 'failed', 'Failed', `exit ${bottle.exitCode}`)
    case 'failed':
      return say(
        bottle.launch?.step === 'boundary probe' ? 'broken-shield' : 'triangle',
        'failed',
        'Failed',
        bottle.launch?.step ?? (bottle.evidence || null),
      )
    case 'stopping':
      return say('square', 'idle', 'Stopping')
    case 'stopped':
      return say('square', 'idle', 'Stopped')
  }
}

/** `Needs you · push to main: 2 findings` in one line. */
export const statusLine = (status: BottleStatus): string =>
  status.detail ? `${status.word}${status.word === 'Idle' ? ' ' : ' · '}${status.detail}` : status.word
