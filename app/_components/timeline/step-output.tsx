'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { memo } from 'react'
import { plainText } from '@/app/_lib/ansi'
import { cn } from '@/app/_lib/cn'
import { count } from '@/app/_lib/format'
import { type OutputLine, TAIL_LINES, type TimelineStep } from '@/app/_lib/timeline'
import { useTRPC } from '@/app/_lib/trpc'
import type { BottleSlug } from '@/server/contract/ids'
import { AnsiText } from '../log/ansi-text'

/** The last lines of a step in the look of a log, with its end in view until somebody scrolls up. */
export function StepOutput({ slug, step }: { slug: BottleSlug; step: TimelineStep }) {
  const tail = useTail(slug, step)
  const failed = step.state === 'failed'
  const earlier = step.firstLine === null || tail[0] === undefined ? 0 : tail[0].n - step.firstLine
  const hasLines = step.lastLine !== null || step.partial !== null
  return (
    <div className={cn('overflow-hidden rounded-card border bg-sunken', failed && 'border-failed/35')}>
      {hasLines && (
        // Reversed, the browser keeps the end in view by itself: before any script runs, and while lines arrive.
        <div
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it
          tabIndex={0}
          role="log"
          aria-label={`Output of ${step.name}`}
          aria-live="off"
          className="flex max-h-[min(46dvh,420px)] flex-col-reverse max-sm:max-h-[30dvh] overflow-auto font-mono text-log focus-visible:-outline-offset-2"
        >
          <div className="py-2">
            {earlier > 0 && (
              <Link
                href={`/bottles/${slug}/logs#L${step.firstLine}-L${tail[0]!.n - 1}`}
                className="block px-4 pb-1 font-sans text-caption text-dim hover:text-ink"
              >
                {count(earlier, 'earlier line')} in the log
              </Link>
            )}
            {tail.map((line) => (
              <TailLine key={line.n} line={line} failed={failed && line === tail.at(-1)} />
            ))}
            {step.partial !== null && (
              <div
                dir="ltr"
                className="whitespace-pre-wrap px-4 text-muted [overflow-wrap:anywhere] [unicode-bidi:isolate]"
              >
                <AnsiText text={step.partial} />
              </div>
            )}
            {step.droppedLines > 0 && (
              <p className="mx-4 mt-1 border-needs/60 border-t border-dashed pt-1 font-sans text-caption text-needs">
                {count(step.droppedLines, 'line')} missing
              </p>
            )}
          </div>
        </div>
      )}
      {step.failure && (
        <div
          role={failed ? 'alert' : 'note'}
          className={cn('px-4 py-3 text-data', hasLines && 'border-t', failed && 'border-failed/35 bg-failed-soft')}
        >
          <p className={cn('whitespace-pre-wrap font-medium [overflow-wrap:anywhere]', failed && 'text-failed')}>
            {step.failure.message.split('\n').map(plainText).join('\n')}
          </p>
          {step.failure.hint && (
            <p className="mt-0.5 whitespace-pre-wrap text-ink [overflow-wrap:anywhere]">
              {step.failure.hint.split('\n').map(plainText).join('\n')}
            </p>
          )}
        </div>
      )}
    </div>
  )
}

const TailLine = memo(function TailLine({ line, failed }: { line: OutputLine; failed: boolean }) {
  return (
    <div
      dir="ltr"
      className={cn(
        'min-h-[18px] whitespace-pre-wrap px-4 leading-[18px] [overflow-wrap:anywhere] [tab-size:8] [unicode-bidi:isolate]',
        failed && 'bg-failed-soft',
      )}
    >
      <AnsiText text={line.text} />
    </div>
  )
})

/** Lines that came while the page was open; of an earlier step they are fetched. */
function useTail(slug: BottleSlug, step: TimelineStep): readonly OutputLine[] {
  const trpc = useTRPC()
  const { firstLine, lastLine } = step
  const wanted = step.tail.length === 0 && firstLine !== null && lastLine !== null
  const from = wanted ? Math.max(firstLine, lastLine - TAIL_LINES + 1) : 1
  const fetched = useQuery(
    trpc.logs.page.queryOptions(
      { slug, from, count: wanted ? lastLine - from + 1 : 1 },
      { enabled: wanted, staleTime: Number.POSITIVE_INFINITY },
    ),
  )
  return step.tail.length > 0 ? step.tail : (fetched.data?.lines ?? [])
}
