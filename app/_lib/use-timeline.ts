'use client'

import { useEffect, useRef, useState } from 'react'
import type { StoredEvent } from '@/server/contract/events'
import type { BottleSlug } from '@/server/contract/ids'
import { onNextFrame } from './next-frame'
import { type Timeline, timeline } from './timeline'
import { useBottleEvents } from './use-tab-stream'

/** A build may say ten thousand lines a second; nobody sees more than this. */
const DRAW_MS = 45

/**
 * The timeline of a bottle, live.
 *
 * @param initial what the server rendered the page with
 * @param lastSeq number of the last event in it
 */
export function useTimeline(slug: BottleSlug, initial: Timeline, lastSeq: number): Timeline {
  const [state, setState] = useState(initial)
  const waiting = useRef<StoredEvent[]>([])
  const takeBack = useRef<(() => void) | null>(null)
  const drawn = useRef(0)

  const flush = () => {
    takeBack.current = null
    drawn.current = performance.now()
    const events = waiting.current
    waiting.current = []
    setState((before) => events.reduce(timeline, before))
  }
  useBottleEvents(
    slug,
    (events) => {
      waiting.current.push(...events)
      takeBack.current ??= onNextFrame(flush, drawn.current + DRAW_MS)
    },
    lastSeq,
  )
  useEffect(() => () => takeBack.current?.(), [])
  return state
}
