'use client'

import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'

/** Pixels. Below `NARROW` a request takes two lines. */
export const ROW = { wide: 32, narrow: 54 } as const
const NARROW = 900
const OVERSCAN = 12
/** Rows that are drawn before the size of the window is known, as by the server. */
const FIRST_PAINT = 40

export interface RequestWindow {
  scroller: RefObject<HTMLDivElement | null>
  /** How a request is drawn; as the style sheet decides, until the width is known. */
  shape: 'wide' | 'narrow' | 'either'
  /** Height of one row that is not open. */
  row: number
  /** Rows that are drawn: the first, and the one after the last. */
  from: number
  to: number
  /** Pixels above the first drawn row, and of all rows. */
  offset: number
  height: number
  /** The newest is in view. */
  atTop: boolean
  toTop: () => void
  /** Takes the height of what is opened below the open row. */
  details: (element: HTMLElement | null) => void
}

/** Which rows of a list of any length are drawn. One row may be open: what is below it moves down by its height. */
export function useRequestWindow(count: number, open: number): RequestWindow {
  const scroller = useRef<HTMLDivElement>(null)
  const [size, setSize] = useState({ width: 0, height: 0 })
  const [top, setTop] = useState(0)
  const [extra, setExtra] = useState(0)

  useEffect(() => {
    const element = scroller.current!
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }))
    observer.observe(element)
    const onScroll = () => setTop(element.scrollTop)
    element.addEventListener('scroll', onScroll, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', onScroll)
    }
  }, [])

  const details = useCallback((element: HTMLElement | null) => {
    if (!element) return setExtra(0)
    const observer = new ResizeObserver(() => setExtra(element.offsetHeight))
    observer.observe(element)
    return () => {
      observer.disconnect()
      setExtra(0)
    }
  }, [])

  const narrow = size.width > 0 && size.width < NARROW
  const row = narrow ? ROW.narrow : ROW.wide
  const measured = size.height > 0
  const shift = open === -1 ? 0 : extra
  const from = measured ? Math.max(0, Math.floor((top - shift) / row) - OVERSCAN) : 0
  const to = measured ? Math.min(count, Math.ceil((top + size.height) / row) + OVERSCAN) : Math.min(count, FIRST_PAINT)
  const above = Math.min(from, Math.max(0, to - 1))
  return {
    scroller,
    shape: !measured ? 'either' : narrow ? 'narrow' : 'wide',
    row,
    from: above,
    to,
    offset: above * row + (open !== -1 && open < above ? extra : 0),
    height: count * row + shift,
    atTop: top < row,
    toTop: useCallback(() => {
      scroller.current?.scrollTo({ top: 0 })
    }, []),
    details,
  }
}
