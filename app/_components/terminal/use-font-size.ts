import { useCallback, useSyncExternalStore } from 'react'

const KEY = 'bot-bottle.terminal-font-size'
const USUAL = 13
const SMALLEST = 9
const LARGEST = 28

const listeners = new Set<() => void>()

function read(): number {
  try {
    const kept = Number(localStorage.getItem(KEY))
    return kept >= SMALLEST && kept <= LARGEST ? kept : USUAL
  } catch {
    // Storage may be switched off.
    return USUAL
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  window.addEventListener('storage', listener)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('storage', listener)
  }
}

/** The letters' size in every terminal of this browser, pixels, remembered. */
export function useFontSize(): readonly [size: number, change: (by: number) => void] {
  const size = useSyncExternalStore(subscribe, read, () => USUAL)
  const change = useCallback((by: number) => {
    try {
      localStorage.setItem(KEY, String(Math.min(LARGEST, Math.max(SMALLEST, read() + by))))
    } catch {
      // Then it stays as it is.
    }
    for (const listener of listeners) listener()
  }, [])
  return [size, change]
}
