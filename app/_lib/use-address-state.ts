'use client'

import { useSearchParams } from 'next/navigation'
import { useCallback, useLayoutEffect, useState } from 'react'

/** A value kept in the address's query, so that every view can be linked to; absent when it is `initial`. */
export function useAddressState<T extends string>(name: string, initial: T): [T, (value: T) => void] {
  const routed = (useSearchParams().get(name) ?? initial) as T
  // The router follows the address when it has time. A field that waited for it would lose letters of a fast typist.
  const [value, setValue] = useState(routed)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the router says when to look, the address what is so
  useLayoutEffect(() => {
    setValue((new URLSearchParams(window.location.search).get(name) ?? initial) as T)
  }, [routed, name, initial])
  const set = useCallback(
    (next: T) => {
      setValue(next)
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
