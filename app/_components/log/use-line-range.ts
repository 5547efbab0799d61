'use client'

import { type PointerEvent as ReactPointerEvent, useCallback, useEffect, useRef, useState } from 'react'
import { formatLineHash, type LineRange, orderedRange, parseLineHash } from '@/app/_lib/log/line-range'

export interface LineSelection {
  range: LineRange | null
  clear: () => void
  /** For the box around all lines: a click on a number chooses, with shift it extends, a drag makes a range. */
  handlers: {
    onPointerDown: (event: ReactPointerEvent) => void
    onPointerMove: (event: ReactPointerEvent) => void
    onPointerUp: () => void
    onPointerCancel: () => void
    onClick: (event: React.MouseEvent) => void
  }
}

/** The lines that the address points at (`#L120-L140`). @param onArrive told when an address with lines is opened */
export function useLineRange(onArrive: (range: LineRange) => void): LineSelection {
  const [range, setRange] = useState<LineRange | null>(null)
  const dragFrom = useRef<number | null>(null)
  const arrive = useRef(onArrive)
  arrive.current = onArrive

  useEffect(() => {
    const read = () => {
      const next = parseLineHash(location.hash)
      setRange(next)
      if (next) arrive.current(next)
    }
    read()
    window.addEventListener('hashchange', read)
    return () => window.removeEventListener('hashchange', read)
  }, [])

  const choose = useCallback((next: LineRange | null, write: boolean) => {
    setRange(next)
    if (!write) return
    const { pathname, search } = location
    history.replaceState(history.state, '', `${pathname}${search}${next ? formatLineHash(next) : ''}`)
  }, [])

  const end = () => {
    if (dragFrom.current !== null && range) choose(range, true)
    dragFrom.current = null
  }
  return {
    range,
    clear: useCallback(() => choose(null, true), [choose]),
    handlers: {
      onPointerDown: (event) => {
        const n = numberAt(event.target)
        // A finger that moves over the numbers scrolls.
        if (n === null || event.button !== 0 || event.pointerType === 'touch') return
        event.preventDefault()
        if (event.shiftKey && range) return choose(orderedRange(range.from, n), true)
        dragFrom.current = n
        choose({ from: n, to: n }, false)
      },
      onPointerMove: (event) => {
        if (dragFrom.current === null) return
        const n = lineAt(document.elementFromPoint(event.clientX, event.clientY))
        if (n !== null) choose(orderedRange(dragFrom.current, n), false)
      },
      onPointerUp: end,
      onPointerCancel: end,
      onClick: (event) => {
        const n = numberAt(event.target)
        if (n === null) return
        event.preventDefault()
        // By pointer it is chosen already; this is a finger, or Enter on a focused number.
        if ((event.nativeEvent as PointerEvent).pointerType === 'mouse') return
        choose(event.shiftKey && range ? orderedRange(range.from, n) : { from: n, to: n }, true)
      },
    },
  }
}

/** The line whose number this is; null for anything else. */
const numberAt = (target: EventTarget | null): number | null =>
  target instanceof Element ? toNumber(target.closest('[data-line-number]')?.getAttribute('data-line-number')) : null

const lineAt = (target: Element | null): number | null =>
  toNumber(target?.closest('[data-line]')?.getAttribute('data-line'))

const toNumber = (text: string | null | undefined): number | null => (text ? Number(text) : null)
