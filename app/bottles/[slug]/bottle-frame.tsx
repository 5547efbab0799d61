'use client'

import Link from 'next/link'
import type { ReactNode } from 'react'
import { FirstBoundary } from '@/app/_components/network/use-boundary'
import { buttonStyle } from '@/app/_components/ui/button'
import { EmptyState } from '@/app/_components/ui/empty-state'
import { useBottle } from '@/app/_lib/use-tab-stream'
import type { BoundaryView } from '@/server/contract/network'
import type { BottleView } from '@/server/contract/views'
import { BottleHeader } from './bottle-header'
import { BottleTabs } from './bottle-tabs'
import { ClosedNotice } from './closed-notice'

interface BottleFrameProps {
  initial: BottleView
  /** As the server knew it. */
  boundary: BoundaryView | null
  children: ReactNode
}

/** Header and tabs around every view of a bottle. A terminal or a log takes the height that is left. */
export function BottleFrame({ initial, boundary, children }: BottleFrameProps) {
  const bottle = useBottle(initial.slug, initial)
  if (!bottle) {
    return (
      <main className="p-6">
        <EmptyState
          className="mx-auto max-w-[640px]"
          title={`${initial.slug} was removed`}
          hint="Its log, its recording and its links are gone. The plan can be launched again."
          action={
            <Link href="/" className={buttonStyle({ variant: 'primary' })}>
              All bottles
            </Link>
          }
        />
      </main>
    )
  }
  return (
    <FirstBoundary value={boundary}>
      <main className="flex min-h-0 flex-1 flex-col">
        <BottleHeader bottle={bottle} />
        <ClosedNotice bottle={bottle} />
        <BottleTabs slug={bottle.slug} first={firstTab(bottle)} refused={bottle.egress?.refused ?? 0} />
        {children}
      </main>
    </FirstBoundary>
  )
}

/** What the first tab shows: see BottleScreen. */
function firstTab({ state, startedAt }: BottleView): string {
  if (startedAt === null) return 'Launch'
  return state === 'failed' || state === 'stopped' ? 'Result' : 'Terminal'
}
