'use client'

import { ChevronDown, ChevronRight } from 'lucide-react'
import { plainText } from '@/app/_lib/ansi'
import { cn } from '@/app/_lib/cn'
import { count, formatBytes, formatDuration } from '@/app/_lib/format'
import { useNow } from '@/app/_lib/now'
import type { StepProgress, TimelineStep } from '@/app/_lib/timeline'
import type { BottleSlug } from '@/server/contract/ids'
import { BoundaryChecks } from '../network/boundary-checks'
import { StepOutput } from './step-output'
import { StepRing } from './step-ring'

interface StepRowProps {
  slug: BottleSlug
  step: TimelineStep
  /** The longest step so far: what the bars are measured by. */
  longestMs: number
  last: boolean
  open: boolean
  onOpen: (open: boolean) => void
}

export function TimelineStepRow({ slug, step, longestMs, last, open, onOpen }: StepRowProps) {
  const waiting = step.state === 'waiting'
  const said = step.lastLine !== null || step.partial !== null || step.failure !== null
  const hasOutput = said || step.checks.length > 0
  const done = shareDone(step)
  const Chevron = open ? ChevronDown : ChevronRight
  return (
    <li data-step={step.name} data-state={step.state} className="relative">
      {!last && <span aria-hidden className="-bottom-1.5 absolute top-[27px] left-[19px] w-px bg-line" />}
      <button
        type="button"
        disabled={!hasOutput}
        aria-expanded={hasOutput ? open : undefined}
        onClick={() => onOpen(!open)}
        className="group/step relative flex min-h-10 w-full items-center gap-3 rounded-control px-3 py-1.5 text-left enabled:hover:bg-hover/60"
      >
        <StepRing state={step.state} done={step.state === 'running' ? done : null} />
        <span className={cn('shrink-0 font-medium text-body', waiting && 'font-normal text-dim')}>{step.name}</span>
        <span className="min-w-0 flex-1 truncate text-data text-muted">{about(step)}</span>
        <Chevron
          aria-hidden
          className={cn(
            'size-4 shrink-0 stroke-[1.75] text-dim opacity-0 group-hover/step:opacity-100 group-focus-visible/step:opacity-100',
            !hasOutput && 'invisible',
          )}
        />
        <Bar step={step} done={done} longestMs={longestMs} />
        <span className="w-16 shrink-0 text-right text-data text-muted tabular-nums">
          {step.durationMs !== null ? (
            formatDuration(step.durationMs)
          ) : step.state === 'running' && step.startedAt !== null ? (
            <Elapsed since={step.startedAt} />
          ) : null}
        </span>
      </button>
      {open && hasOutput && (
        <div className="relative pt-0.5 pb-3 pl-10 max-sm:pl-3">
          {step.checks.length > 0 && <BoundaryChecks checks={step.checks} className={cn(said && 'mb-2')} />}
          {said && <StepOutput slug={slug} step={step} />}
        </div>
      )}
    </li>
  )
}

/** How much of the step is done, 0 to 1, by the first progress that knows its end. */
function shareDone({ progress }: TimelineStep): number | null {
  const known = progress.find(({ total }) => total !== null && total > 0)
  return known ? Math.min(1, known.done / known.total!) : null
}

function about(step: TimelineStep): string {
  if (step.state === 'running') return step.progress.map(progressText).filter(Boolean).join(' · ')
  return step.note ? plainText(step.note) : ''
}

function progressText({ unit, done, total, note }: StepProgress): string {
  const figures =
    unit === 'bytes'
      ? `${formatBytes(done)}${total === null ? '' : ` of ${formatBytes(total)}`}`
      : total === null
        ? count(done, unit === 'layers' ? 'layer' : 'item')
        : `${done.toLocaleString('en-US')} of ${count(total, unit === 'layers' ? 'layer' : 'item')}`
  return note ? `${figures} · ${plainText(note)}` : figures
}

/** Thin: how far a running step is, how long an ended one took beside the longest. */
function Bar({ step, done, longestMs }: { step: TimelineStep; done: number | null; longestMs: number }) {
  const share = step.state === 'running' ? done : step.durationMs === null ? null : step.durationMs / longestMs
  return (
    <span
      aria-hidden
      className={cn(
        'h-[3px] w-24 shrink-0 overflow-hidden rounded-full max-sm:hidden',
        step.state !== 'waiting' && 'bg-hover',
      )}
    >
      {share !== null && (
        <span
          className={cn(
            'block h-full rounded-full',
            step.state === 'running' ? 'bg-launching' : step.state === 'failed' ? 'bg-failed' : 'bg-line-strong',
          )}
          style={{ width: `${Math.max(2, share * 100)}%` }}
        />
      )}
    </span>
  )
}

function Elapsed({ since }: { since: number }) {
  const seconds = Math.max(0, Math.floor((useNow() - since) / 1000))
  return <span suppressHydrationWarning>{seconds < 10 ? `${seconds} s` : formatDuration(seconds * 1000)}</span>
}
