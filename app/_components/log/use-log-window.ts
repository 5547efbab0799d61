'use client'

import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'react'
import { ExtraHeights } from '@/app/_lib/log/extra-heights'
import type { LineRange } from '@/app/_lib/log/line-range'
import { LINE_HEIGHT, STEP_HEIGHT } from '@/app/_lib/log/log-blocks'
import { LogLayout, type LogRow } from '@/app/_lib/log/log-layout'
import { measureRows } from './measure-rows'
import type { Log } from './use-log'

/** Pixels drawn above and below what is seen. */
const OVERSCAN = 360
/** Pixels of the end that are drawn before the height of the window is known. */
const FIRST_PAINT = 1400
/** Pixels below the last line. */
const END_SPACE = 12
/** Closer to the end than this counts as the end. */
const END_SLACK = 6

export interface LogWindow {
  scroller: RefObject<HTMLDivElement | null>
  /** Holds the rows; it is measured when lines wrap. */
  rowsBox: RefObject<HTMLDivElement | null>
  layout: LogLayout
  rows: readonly LogRow[]
  /** Pixels. */
  height: number
  /** False until the size of the window is known: then the end is drawn, at the bottom. */
  measured: boolean
  /** The header that sticks to the top, and how far the next one has pushed it up. */
  sticky: { step: LogLayout['steps'][number]; shift: number } | null
  /** The end is in view and stays there as the log grows. */
  following: boolean
  follow: (on: boolean) => void
  /** Brings a line into view. */
  show: (n: number, place?: 'centre' | 'nearest') => void
}

interface WindowOptions {
  /** What is shared of the log; null for all. */
  range: LineRange | null
  folded: ReadonlySet<number>
  wrap: boolean
  startAtEnd: boolean
}

/** Which rows of a log are drawn, for any length of log, and the scrolling that goes with it. */
export function useLogWindow(log: Log, { range, folded, wrap, startAtEnd }: WindowOptions): LogWindow {
  const { store, version, look } = log
  const scroller = useRef<HTMLDivElement>(null)
  const rowsBox = useRef<HTMLDivElement>(null)
  const [size, setSize] = useState({ width: 0, height: 0 })
  const [scrolled, setScrolled] = useState(0)
  const [following, setFollowing] = useState(startAtEnd)
  const [remeasured, remeasure] = useReducer((n: number) => n + 1, 0)
  const [extras] = useState(() => new ExtraHeights())
  const [noteHeights] = useState(() => new Map<number, number>())
  const lastTop = useRef(0)
  // A line that keeps its place while heights become known around it, until the operator scrolls.
  const pin = useRef<{ n: number; offset: number } | null>(null)

  const first = range?.from ?? 1
  const last = Math.min(store.total, range?.to ?? store.total)
  // biome-ignore lint/correctness/useExhaustiveDependencies: version and remeasured stand for what the store and the heights hold
  const layout = useMemo(
    () => new LogLayout({ marks: store.marks, first, last, wholeEnd: range === null, folded, extras, noteHeights }),
    [store, version, remeasured, first, last, range, folded, extras, noteHeights],
  )
  const height = layout.height + store.partials.size * LINE_HEIGHT + END_SPACE
  // Before anything is measured, as in the HTML from the server, the last lines are drawn.
  const measured = size.height > 0
  // Where one follows, the place is known before the browser has scrolled there, so a new end is drawn once.
  const scrollTop = following ? Math.max(0, height - size.height) : scrolled
  // What lies beyond the end that one follows is not scrolled to, and in a flood every row counts.
  const overscan = following ? LINE_HEIGHT : OVERSCAN
  const rows = measured
    ? layout.rows(Math.max(0, scrollTop - overscan), scrollTop + size.height + overscan)
    : layout.rows(Math.max(0, layout.height - FIRST_PAINT), layout.height)

  const scrollTo = useCallback((top: number) => {
    const element = scroller.current
    if (!element) return
    element.scrollTop = top
    lastTop.current = element.scrollTop
    setScrolled(element.scrollTop)
  }, [])

  useEffect(() => {
    const element = scroller.current!
    const observer = new ResizeObserver(() => {
      setSize({ width: element.clientWidth, height: element.clientHeight })
    })
    observer.observe(element)
    const onScroll = () => {
      const top = element.scrollTop
      if (Math.abs(top - lastTop.current) > 1) pin.current = null
      const atEnd = element.scrollHeight - top - element.clientHeight <= END_SLACK
      if (atEnd) setFollowing(true)
      else if (top < lastTop.current - 1) setFollowing(false)
      lastTop.current = top
      // While one follows, where the end is decides.
      if (!atEnd) setScrolled(top)
    }
    element.addEventListener('scroll', onScroll, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', onScroll)
    }
  }, [])

  // Another width wraps other lines: forget what was measured, and keep the line that was at the top there.
  const anchor = useRef<{ n: number; offset: number } | null>(null)
  const topLine = rows.find((row) => row.kind === 'line' && row.top + LINE_HEIGHT > scrollTop)
  useLayoutEffect(() => {
    anchor.current = topLine?.kind === 'line' ? { n: topLine.n, offset: scrollTop - topLine.top } : null
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when one of the two changes
  useLayoutEffect(() => {
    extras.clear()
    noteHeights.clear()
    pin.current ??= anchor.current
    remeasure()
  }, [wrap, size.width])

  useLayoutEffect(() => {
    const shift = measureRows(rowsBox.current, rows, { extras, noteHeights, wrap, above: scrollTop })
    if (!measured) return
    if (following) {
      scroller.current!.scrollTop = scrollTop
      lastTop.current = scrollTop
    } else if (pin.current) scrollTo(Math.max(0, layout.topOf(pin.current.n) + pin.current.offset))
    else if (shift.above !== 0) scrollTo(scrollTop + shift.above)
    if (shift.changed) remeasure()
  })

  const [from, to] = lineSpan(rows, first, last, layout, scrollTop)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is missing changes with the store
  useEffect(() => look(from, to), [look, from, to, version])

  const follow = useCallback((on: boolean) => {
    setFollowing(on)
    if (!on) setScrolled(lastTop.current)
  }, [])
  const show = useCallback(
    (n: number, place: 'centre' | 'nearest' = 'centre') => {
      const element = scroller.current
      if (!element) return
      const top = layout.topOf(n)
      const seen =
        top >= element.scrollTop + STEP_HEIGHT && top + LINE_HEIGHT * 2 <= element.scrollTop + element.clientHeight
      if (place === 'nearest' && seen) return
      setFollowing(false)
      pin.current = { n, offset: -element.clientHeight / 2 }
      if (measured) scrollTo(Math.max(0, top - element.clientHeight / 2))
    },
    [layout, measured, scrollTo],
  )

  const stuck = measured ? layout.stepAt(scrollTop) : null
  const sticky = stuck && {
    step: stuck.step,
    shift: Math.min(0, stuck.end - scrollTop - STEP_HEIGHT),
  }
  return { scroller, rowsBox, layout, rows, height, measured, sticky, following, follow, show }
}

/** First and last line that are drawn; where none is, the one that would come next. */
function lineSpan(
  rows: readonly LogRow[],
  first: number,
  last: number,
  layout: LogLayout,
  scrollTop: number,
): [number, number] {
  const lines = rows.filter((row) => row.kind === 'line')
  const top = lines[0]?.n
  const bottom = lines.at(-1)?.n
  if (top !== undefined && bottom !== undefined) return [top, bottom]
  const near = layout.stepAt(scrollTop)?.step.firstLine ?? (scrollTop > 0 ? last : first)
  return [near, near]
}
