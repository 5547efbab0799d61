import { clsx } from 'clsx'
import { ChevronDown, ChevronRight } from 'lucide-react'
import { memo } from 'react'
import { plainText } from '@/app/_lib/ansi'
import { count, formatDuration } from '@/app/_lib/format'
import type { StepSummary } from '@/app/_lib/log/log-blocks'
import type { PartialLine } from '@/app/_lib/log/log-store'
import { useNow } from '@/app/_lib/now'
import type { LogLine } from '@/server/contract/views'
import { StepRing } from '../timeline/step-ring'
import { AnsiText, type Sought } from './ansi-text'
import { lineTime } from './line-time'

interface LineProps {
  n: number
  /** Not there yet: its place is held. */
  line: LogLine | undefined
  /** Width of the widest number, in letters. */
  digits: number
  timestamps: boolean
  wrap: boolean
  chosen: boolean
  /** The hit that the search is at. */
  current: boolean
  sought: Sought | null
}

/** Drawn by the hundred per frame, hence `clsx` and not `cn`: nothing here contradicts itself. */
export const LineRow = memo(function LineRow(props: LineProps) {
  const { n, line, digits, timestamps, wrap, chosen, current, sought } = props
  return (
    <div
      data-line={n}
      className={clsx(
        'group/line flex min-h-[18px] w-full',
        chosen ? 'bg-accent-soft' : current ? 'bg-needs-soft' : 'hover:bg-hover/60',
      )}
    >
      <a
        href={`#L${n}`}
        data-line-number={n}
        draggable={false}
        tabIndex={-1}
        className={clsx(
          'sticky left-0 z-1 shrink-0 select-none whitespace-nowrap border-r border-transparent pr-3 pl-3 text-right text-dim hover:text-ink sm:pl-4',
          chosen
            ? 'border-accent bg-accent-soft text-ink'
            : current
              ? 'bg-needs-soft'
              : 'bg-canvas group-hover/line:bg-hover',
        )}
        style={{ width: `calc(${digits}ch + 30px)` }}
      >
        {n}
      </a>
      {timestamps && (
        <time className="shrink-0 select-none pr-4 text-dim" dateTime={line && new Date(line.at).toISOString()}>
          {line ? lineTime(line.at) : '            '}
        </time>
      )}
      {line ? (
        <span
          dir="ltr"
          className={clsx(
            'min-w-0 flex-1 pr-4 [tab-size:8] [unicode-bidi:isolate]',
            wrap ? 'whitespace-pre-wrap [overflow-wrap:anywhere]' : 'whitespace-pre',
            line.stream === 'stderr' && 'shadow-[-2px_0_0_-1px_var(--line-strong)]',
          )}
        >
          <AnsiText text={line.text} sought={sought} />
        </span>
      ) : (
        <span className="my-1 h-2.5 rounded-small bg-hover" style={{ width: `min(${24 + ((n * 37) % 40)}ch, 70%)` }} />
      )}
    </div>
  )
})

export function PartialRow({ partial, digits, wrap }: { partial: PartialLine; digits: number; wrap: boolean }) {
  return (
    <div className="flex h-[18px] overflow-hidden text-muted">
      <span className="shrink-0" style={{ width: `calc(${digits}ch + 30px)` }} />
      <span dir="ltr" className={clsx('[unicode-bidi:isolate]', wrap ? 'truncate' : 'whitespace-pre')}>
        <AnsiText text={partial.text} />
      </span>
    </div>
  )
}

export function StepRow({ step, onFold }: { step: StepSummary; onFold: (id: number) => void }) {
  const Chevron = step.folded ? ChevronRight : ChevronDown
  return (
    <button
      type="button"
      disabled={step.lines === 0}
      aria-expanded={step.lines === 0 ? undefined : !step.folded}
      onClick={() => onFold(step.id)}
      className="sticky left-0 flex h-[34px] w-[min(100%,var(--log-width))] items-center gap-2 border-y border-transparent bg-canvas px-3 text-left font-sans text-data enabled:hover:bg-hover focus-visible:-outline-offset-2 sm:px-4"
    >
      <Chevron
        aria-hidden
        className={clsx('size-4 shrink-0 stroke-[1.75] text-dim', step.lines === 0 && 'invisible')}
      />
      {step.state !== 'part' && <StepRing state={step.state} />}
      <span className="font-medium">{step.name}</span>
      {step.note && <span className="truncate text-muted">{plainText(step.note)}</span>}
      <span className="ml-auto flex shrink-0 items-center gap-3 text-caption text-dim">
        {step.lines > 0 && <span>{count(step.lines, 'line')}</span>}
        {step.state !== 'part' && (
          <span className="min-w-12 text-right">
            {step.durationMs === null ? <Elapsed since={step.startedAt} /> : formatDuration(step.durationMs)}
          </span>
        )}
      </span>
    </button>
  )
}

function Elapsed({ since }: { since: number }) {
  return (
    <span suppressHydrationWarning>{formatDuration(Math.max(0, Math.floor((useNow() - since) / 1000) * 1000))}</span>
  )
}
