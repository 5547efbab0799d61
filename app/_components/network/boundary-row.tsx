'use client'

import { RotateCw, ShieldCheck } from 'lucide-react'
import { cn } from '@/app/_lib/cn'
import { formatAge, formatDuration, formatExact } from '@/app/_lib/format'
import { countChecks } from '@/app/_lib/network/boundary'
import { useOfNow } from '@/app/_lib/now'
import type { BottleView } from '@/server/contract/views'
import { IconButton } from '../ui/icon-button'
import { StatusShape } from '../ui/status-shape'
import { Tooltip } from '../ui/tooltip'
import { BoundaryChecks } from './boundary-checks'
import { useBoundary, useProbe } from './use-boundary'

/** What was proved from inside, when, and every check of it. */
export function BoundaryRow({ bottle }: { bottle: BottleView }) {
  const boundary = useBoundary(bottle)
  const probe = useProbe(bottle.slug)
  const age = useOfNow((now) => (boundary ? formatAge(now - boundary.at) : ''))
  if (!boundary) {
    return (
      <section aria-label="Boundary" className="flex min-h-10 items-center gap-2 border-b px-4 py-2 text-data sm:px-5">
        <ShieldCheck aria-hidden strokeWidth={1.75} className="size-4 text-dim" />
        <span className="font-medium">Boundary</span>
        <span className="text-muted">
          {bottle.startedAt === null ? 'is proved from inside before the agent starts' : 'has not been probed'}
        </span>
      </section>
    )
  }
  const { checks, at, durationMs } = boundary
  const { checked, green, red } = countChecks(checks)
  return (
    <section
      aria-label="Boundary"
      className="flex items-start gap-x-3 gap-y-1.5 border-b px-4 py-2 text-data max-lg:flex-col sm:px-5"
    >
      <p className="flex h-6 shrink-0 items-center gap-1.5">
        {red.length > 0 ? (
          <StatusShape status={{ shape: 'broken-shield', tone: 'failed', progress: null }} />
        ) : (
          <ShieldCheck aria-hidden strokeWidth={1.75} className="size-4 text-working" />
        )}
        <span className="font-medium">Boundary</span>
        <span className={cn(red.length > 0 ? 'font-medium text-failed' : 'text-muted')}>
          {green}/{checked}
        </span>
        <Tooltip text={`${formatExact(at)}, took ${formatDuration(durationMs)}`}>
          <span className="text-caption text-dim" suppressHydrationWarning>
            {age}
          </span>
        </Tooltip>
        {bottle.egress && (
          <IconButton
            size="sm"
            label="Check the boundary again"
            disabled={probe.busy}
            className={cn('size-6', probe.busy && 'animate-sheen')}
            onClick={probe.run}
          >
            <RotateCw className="size-3.5!" />
          </IconButton>
        )}
      </p>
      <BoundaryChecks checks={checks} className="min-w-0 max-sm:-mx-4 max-sm:w-dvw max-sm:px-4" />
    </section>
  )
}
