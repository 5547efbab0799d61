'use client'

import type { RefObject } from 'react'
import { useKeys } from './use-keys'

/**
 * `j`, `k` and the arrows move the focus through the `[data-list-item]` elements inside; they are links or buttons, so
 * that Enter opens them by itself.
 */
export function useListKeys(list: RefObject<HTMLElement | null>): void {
  const move = (by: 1 | -1) => {
    const items = [...(list.current?.querySelectorAll<HTMLElement>('[data-list-item]') ?? [])]
    const at = items.findIndex((item) => item === document.activeElement || item.contains(document.activeElement))
    const next = items[at === -1 ? (by === 1 ? 0 : items.length - 1) : Math.min(items.length - 1, Math.max(0, at + by))]
    next?.focus()
    next?.scrollIntoView({ block: 'nearest' })
  }
  useKeys([
    { keys: 'j', label: 'Next in the list', run: () => move(1) },
    { keys: 'k', label: 'Previous in the list', run: () => move(-1) },
    { keys: 'down', label: 'Next in the list', run: () => move(1), hidden: true },
    { keys: 'up', label: 'Previous in the list', run: () => move(-1), hidden: true },
  ])
}
