'use client'

import { useSearchParams } from 'next/navigation'
import { useCallback } from 'react'

/** A value kept in the address's query, so that every view can be linked to; absent when it is `initial`. */
export function useAddressState<T extends string>(name: string, initial: T): [T, (value: T) => void] {
  const value = (useSearchParams().get(name) ?? initial) as T
  const set = useCallback(
    (next: T) => {
      const query = new URLSearchParams(window.location.search)
      if (next === initial) query.delete(name)
      else query.set(name, next)
      const text = query.toString()
      window.history.replaceState(null, '', text ? `?${text}` : window.location.pathname)
    },
    [name, initial],
  )
  return [value, set]
}
