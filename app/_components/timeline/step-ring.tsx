import { Check, Minus, X } from 'lucide-react'
import { cn } from '@/app/_lib/cn'

const words = {
  waiting: 'Waiting',
  running: 'Running',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
} as const
const LENGTH = 2 * Math.PI * 6

/**
 * The sign of a step: an empty ring, one that fills (or turns, while nobody knows how far it is), a tick, a cross, a dash.
 *
 * @param done share that is done, 0 to 1; null while it is not known
 */
export function StepRing({ state, done = null }: { state: keyof typeof words; done?: number | null }) {
  return (
    <span className="relative inline-flex size-4 shrink-0 items-center justify-center">
      <span className="sr-only">{words[state]}</span>
      {state === 'done' && (
        <span aria-hidden className="inline-flex size-4 items-center justify-center rounded-full bg-accent-soft">
          <Check className="size-3 text-accent" strokeWidth={2.5} />
        </span>
      )}
      {state === 'failed' && (
        <span aria-hidden className="inline-flex size-4 items-center justify-center rounded-full bg-failed">
          <X className="size-3 text-failed-ink" strokeWidth={2.75} />
        </span>
      )}
      {state === 'cancelled' && (
        <span aria-hidden className="inline-flex size-4 items-center justify-center rounded-full bg-idle-soft">
          <Minus className="size-3 text-idle" strokeWidth={2.75} />
        </span>
      )}
      {(state === 'waiting' || state === 'running') && (
        <svg
          aria-hidden
          viewBox="0 0 16 16"
          className={cn(
            'size-4 -rotate-90',
            state === 'running' ? 'text-launching' : 'text-line-strong',
            state === 'running' && done === null && 'animate-spin [animation-duration:1.6s]',
          )}
        >
          <circle
            cx="8"
            cy="8"
            r="6"
            fill="none"
            stroke="currentColor"
            strokeWidth="2"
            opacity={state === 'running' ? 0.25 : 1}
          />
          {state === 'running' && (
            <circle
              cx="8"
              cy="8"
              r="6"
              fill="none"
              stroke="currentColor"
              strokeWidth="2"
              strokeLinecap="round"
              strokeDasharray={`${LENGTH * Math.max(0.04, done ?? 0.28)} ${LENGTH}`}
            />
          )}
        </svg>
      )}
    </span>
  )
}
