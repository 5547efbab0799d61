'use client'

import { useState } from 'react'
import { stepInFocus, type Timeline } from '@/app/_lib/timeline'
import type { StepName } from '@/server/contract/events'
import type { BottleSlug } from '@/server/contract/ids'
import { TimelineStepRow } from './timeline-step-row'

/**
 * The steps of a launch as a column. The running one opens its output by itself and a failed one stays open; what the
 * operator opens or closes by hand stays as it was left.
 */
export function LaunchTimeline({ slug, timeline }: { slug: BottleSlug; timeline: Timeline }) {
  const [byHand, setByHand] = useState<Readonly<Partial<Record<StepName, boolean>>>>({})
  const focus = stepInFocus(timeline.steps)
  const longest = Math.max(1, ...timeline.steps.map((step) => step.durationMs ?? 0))
  return (
    <ol aria-label="Launch" className="flex flex-col">
      {timeline.steps.map((step, index) => (
        <TimelineStepRow
          key={step.name}
          slug={slug}
          step={step}
          longestMs={longest}
          last={index === timeline.steps.length - 1}
          open={byHand[step.name] ?? step.name === focus?.name}
          onOpen={(open) => setByHand((before) => ({ ...before, [step.name]: open }))}
        />
      ))}
    </ol>
  )
}
