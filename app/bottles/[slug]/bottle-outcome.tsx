'use client'

import { RotateCw, ScrollText } from 'lucide-react'
import Link from 'next/link'
import { Fragment } from 'react'
import { buttonStyle } from '@/app/_components/ui/button'
import { RelativeTime } from '@/app/_components/ui/relative-time'
import { StatusShape } from '@/app/_components/ui/status-shape'
import { plainText } from '@/app/_lib/ansi'
import { statusOf } from '@/app/_lib/bottle-status'
import { cn } from '@/app/_lib/cn'
import { formatDuration } from '@/app/_lib/format'
import { stepInFocus, type Timeline } from '@/app/_lib/timeline'
import type { BottleView } from '@/server/contract/views'
import { LeftBehind } from './left-behind'
import { ResumeButton } from './resume-button'

/** What came of a bottle, and what to do next. */
export function BottleOutcome({ bottle, timeline }: { bottle: BottleView; timeline: Timeline }) {
  const status = statusOf(bottle, bottle.stateSince)
  const failed = status.tone === 'failed'
  // What stands elsewhere on the page is not said twice: the exit code above, a step's failure and what is left below.
  const told =
    bottle.state === 'exited' || bottle.leftBehind.length > 0 || stepInFocus(timeline.steps)?.state === 'failed'
  const facts = [
    told ? null : plainText(bottle.evidence).replace(/\.$/, ''),
    bottle.endedAt === null ? null : <RelativeTime key="at" at={bottle.endedAt} suffix="ago" />,
    bottle.startedAt === null || bottle.endedAt === null
      ? null
      : `ran for ${formatDuration(bottle.endedAt - bottle.startedAt)}`,
  ].filter((fact) => fact !== null && fact !== '')
  return (
    <section aria-label="Outcome" className="rounded-card border bg-surface p-4">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-3">
        <StatusShape status={status} size={20} className="mt-0.5" />
        <div className="min-w-0 flex-1 basis-72">
          <h2 className={cn('text-lead', failed && 'text-failed')}>{headline(bottle, timeline)}</h2>
          <p className="mt-0.5 text-data text-muted [overflow-wrap:anywhere]">
            {facts.map((fact, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: three facts in a fixed order
              <Fragment key={index}>
                {index > 0 && ' · '}
                {fact}
              </Fragment>
            ))}
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          <Link href={`/bottles/${bottle.slug}/logs`} className={buttonStyle()}>
            <ScrollText /> Read the log
          </Link>
          <Link
            href={`/launch/${bottle.agent}`}
            className={buttonStyle({ variant: bottle.frozen ? 'secondary' : 'primary' })}
          >
            <RotateCw /> Launch {bottle.agent} again
          </Link>
          <ResumeButton bottle={bottle} variant={bottle.frozen ? 'primary' : 'secondary'} />
        </div>
      </div>
      <LeftBehind bottle={bottle} releases={timeline.releases} />
    </section>
  )
}

function headline(bottle: BottleView, { steps }: Timeline): string {
  const begun = bottle.startedAt !== null
  if (bottle.leftBehind.length > 0) return 'Stopped, but something of it is left'
  if (bottle.state === 'stopped') return begun ? 'Stopped' : 'The launch was cancelled'
  if (bottle.state === 'failed') {
    if (begun) return 'The bottle failed'
    const step = stepInFocus(steps)
    return step ? `The launch failed at “${step.name}”` : 'The launch failed'
  }
  if (bottle.exitCode === null) return 'The agent ended'
  return bottle.exitCode === 0
    ? 'The agent finished with exit code 0'
    : `The agent ended with exit code ${bottle.exitCode}`
}
