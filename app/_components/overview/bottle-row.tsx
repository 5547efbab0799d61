'use client'

import Link from 'next/link'
import { memo } from 'react'
import { bottleName } from '@/app/_lib/bottle-list'
import { type BottleStatus, isFrozen, statusLine, statusOf } from '@/app/_lib/bottle-status'
import { cn } from '@/app/_lib/cn'
import { formatBytes, formatCpu, plainLine } from '@/app/_lib/format'
import { useOfNow } from '@/app/_lib/now'
import type { BottleView } from '@/server/contract/views.ts'
import { FrozenChip } from '../frame/freeze-all'
import { RelativeTime } from '../ui/relative-time'
import { StatusShape, toneText } from '../ui/status-shape'
import { BottleActions } from './bottle-actions'
import { Sparkline } from './sparkline'

const wholeMinutes = (now: number) => Math.ceil(now / 60_000) * 60_000
const isOver = (bottle: BottleView) =>
  bottle.state === 'exited' || bottle.state === 'stopped' || bottle.state === 'failed'

/** First line: who, and in what state. Second line: life. Actions appear over the right end; nothing moves for them. */
export const BottleRow = memo(function BottleRow({ bottle }: { bottle: BottleView }) {
  const status = statusOf(bottle, useOfNow(wholeMinutes))
  const over = isOver(bottle)
  return (
    <li
      data-slug={bottle.slug}
      data-state={bottle.state}
      className="group/row relative transition-colors hover:bg-hover has-[[data-list-item]:focus-visible]:bg-hover max-sm:rounded-card max-sm:border max-sm:bg-surface"
    >
      <span
        aria-hidden
        className="absolute inset-y-0 left-0 w-[3px] max-sm:inset-y-2.5 max-sm:rounded-r-full"
        style={bottle.color ? { background: `var(--label-${bottle.color})` } : undefined}
      />
      <div
        className={cn(
          'grid h-14 grid-cols-[16px_minmax(0,1.15fr)_minmax(0,0.95fr)_80px_minmax(0,1.5fr)_64px] items-center gap-x-3 px-4 py-2',
          'max-lg:grid-cols-[16px_minmax(0,1.2fr)_minmax(0,0.9fr)_minmax(0,1.4fr)_56px]',
          'max-sm:flex max-sm:h-auto max-sm:flex-wrap max-sm:gap-x-2 max-sm:gap-y-0.5 max-sm:py-3',
          // With nothing to say about its life, a row is one line in the middle.
          !bottle.life && !bottle.egress && !bottle.lastLine && 'content-center [&>:nth-last-child(-n+2)]:hidden',
        )}
      >
        <StatusShape status={status} className="self-start max-sm:self-center [.grid>&]:mt-0.5" />
        <Link
          href={`/bottles/${bottle.slug}`}
          prefetch={false}
          data-list-item
          title={bottleName(bottle)}
          className="min-w-0 self-start truncate font-medium text-body leading-5 outline-none after:absolute after:inset-0 focus-visible:after:rounded-control focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent max-sm:flex-1"
        >
          {bottleName(bottle)}
        </Link>
        <span className="truncate self-start text-data text-muted leading-5 max-sm:order-4 max-sm:w-full">
          {bottle.agent}
          {bottle.provider !== bottle.agent && <span className="text-dim"> · {bottle.provider}</span>}
          <span className="text-dim lg:hidden"> · {backendWord(bottle)}</span>
        </span>
        <span className="truncate self-start text-data text-dim leading-5 max-lg:hidden">{backendWord(bottle)}</span>
        <StatusWord status={status} frozen={isFrozen(bottle)} />
        <span className="self-start text-right text-data text-dim leading-5 max-sm:order-2 max-sm:mr-9">
          <RelativeTime
            at={over ? (bottle.endedAt ?? bottle.stateSince) : bottle.createdAt}
            {...(over ? { suffix: 'ago' } : {})}
          />
        </span>

        <Life bottle={bottle} />
        <LastLine bottle={bottle} />
      </div>
      <BottleActions bottle={bottle} />
    </li>
  )
})

const backendWord = (bottle: BottleView) => (bottle.backend === 'smolmachines' ? 'microVM' : bottle.backend)

function StatusWord({ status, frozen }: { status: BottleStatus; frozen: boolean }) {
  const line = plainLine(statusLine(status))
  const rest = line.slice(status.word.length)
  return (
    <span className="flex min-w-0 items-center gap-2 self-start max-sm:order-3 max-sm:w-full">
      <span title={line} className="truncate text-data leading-5">
        <span className={cn('font-medium', toneText[status.tone])}>{status.word}</span>
        {/* How long it has been idle may be a minute more than when the server drew it. */}
        <span className={status.tone === 'needs' ? 'text-ink' : 'text-muted'} suppressHydrationWarning>
          {rest}
        </span>
      </span>
      {frozen && <FrozenChip />}
    </span>
  )
}

/** Keeps its place while the engine has not told any figures yet. */
function Life({ bottle: { life, egress } }: { bottle: BottleView }) {
  return (
    <span className="col-start-2 col-end-4 flex min-w-0 items-center gap-2 self-end text-caption text-dim leading-4 max-lg:col-end-3 max-sm:order-5 max-sm:mt-1 max-sm:w-full max-sm:empty:hidden">
      {life && <Sparkline values={life.cpuHistory} max={100} />}
      {(life || egress) && (
        <span className="truncate">
          {[
            life && `${formatCpu(life.cpu)} · ${formatBytes(life.memory)}`,
            egress && !egress.frozen && `${egress.perMinute.toLocaleString('en-US')} req/min`,
          ]
            .filter(Boolean)
            .join(' · ')}
          {egress !== null && egress.refused > 0 && (
            <span className="text-failed"> · {egress.refused.toLocaleString('en-US')} refused</span>
          )}
        </span>
      )}
    </span>
  )
}

/** The last line that the bottle itself printed: plain text, one line, dimmed. */
function LastLine({ bottle: { lastLine } }: { bottle: BottleView }) {
  const line = lastLine === null ? '' : plainLine(lastLine)
  return (
    <span
      className="machine col-start-4 col-end-7 truncate self-end text-caption text-dim leading-4 max-lg:col-start-3 max-lg:col-end-6 max-sm:order-6 max-sm:w-full max-sm:empty:hidden"
      title={line}
    >
      {line}
    </span>
  )
}
