'use client'

import { LaunchTimeline } from '@/app/_components/timeline/launch-timeline'
import type { Timeline } from '@/app/_lib/timeline'
import { useBottle } from '@/app/_lib/use-tab-stream'
import { useTimeline } from '@/app/_lib/use-timeline'
import { FINAL_STATES } from '@/server/contract/events'
import type { BottleDetail } from '@/server/contract/views'
import { BottleOutcome } from './bottle-outcome'
import { Terminals } from './terminals'

interface BottleScreenProps {
  bottle: Omit<BottleDetail, 'plan'>
  timeline: Timeline
  lastSeq: number
}

/** The first tab: the launch while there is one, then the terminals, at the end what came of it. */
export function BottleScreen({ bottle: initial, timeline: initialTimeline, lastSeq }: BottleScreenProps) {
  const bottle = useBottle(initial.slug, initial) ?? initial
  const timeline = useTimeline(initial.slug, initialTimeline, lastSeq)
  const started = bottle.startedAt !== null
  const over = FINAL_STATES.includes(bottle.state)

  // An agent that ended by itself leaves its last screen behind, until the bottle is removed.
  const hasScreen = started && (!over || bottle.state === 'exited')
  const outcome = over && <BottleOutcome bottle={bottle} timeline={timeline} />
  if (hasScreen) {
    return (
      <>
        {outcome && <div className="border-b p-4 sm:px-5">{outcome}</div>}
        <Terminals slug={bottle.slug} initialShells={initial.shells} running={!over && bottle.state !== 'stopping'} />
      </>
    )
  }
  return (
    <div className="mx-auto w-full max-w-[960px] px-3 py-5 sm:px-6">
      {outcome && <div className="mb-5">{outcome}</div>}
      <LaunchTimeline slug={bottle.slug} timeline={timeline} />
    </div>
  )
}
