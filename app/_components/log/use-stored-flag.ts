'use client'

import { useCallback, useEffect, useState } from 'react'

/** A switch that this browser remembers. @param fallback what it is until somebody sets it; asked in the browser only */
export function useStoredFlag(name: string, fallback: () => boolean): [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the fallback is read once
  useEffect(() => {
    const stored = localStorage.getItem(name)
    setOn(stored === null ? fallback() : stored === '1')
  }, [name])
  const set = useCallback(
    (next: boolean) => {
      setOn(next)
      localStorage.setItem(name, next ? '1' : '0')
    },
    [name],
  )
  return [on, set]
}
