'use client'

import Link from 'next/link'
import { cn } from '@/app/_lib/cn'
import { useConnection, useEngine } from '@/app/_lib/use-tab-stream'
import { StatusShape } from '../ui/status-shape'
import { Tooltip } from '../ui/tooltip'

/** What isolates, and whether it answers; leads to the doctor. Keeps its size while nothing is known yet. */
export function EngineState() {
  const engine = useEngine()
  const connection = useConnection()
  const lost = connection === 'lost'
  const good = engine?.reachable && !lost
  const name = lost ? 'Reconnecting' : !engine ? 'Connecting' : engine.reachable ? engine.name : 'No engine'
  const detail = lost ? 'server away' : !engine ? '' : engine.reachable ? engine.runtime : 'see System'
  return (
    <Tooltip text={engine?.problem ?? `${name}${detail ? ` · ${detail}` : ''}`} side="right">
      <Link
        href="/system"
        className="flex h-9 items-center gap-2.5 rounded-control px-4 text-caption text-muted transition-colors hover:bg-hover hover:text-ink"
      >
        {engine && !good && !lost ? (
          <StatusShape status={{ shape: 'triangle', tone: 'failed', progress: null }} size={12} className="-mx-0.5" />
        ) : (
          <span
            aria-hidden
            className={cn('size-2 shrink-0 rounded-full', good ? 'bg-working' : 'border-2 border-idle')}
          />
        )}
        <span className="min-w-0 truncate max-lg:sr-only group-data-narrow/rail:sr-only">
          {name}
          {detail && <span className="text-dim"> · {detail}</span>}
        </span>
      </Link>
    </Tooltip>
  )
}
