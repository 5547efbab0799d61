'use client'

import { useSyncExternalStore } from 'react'

/** One clock for all ages on the page, so that fifty rows cost one timer. It stands still while nobody listens. */
const listeners = new Set<() => void>()
const second = () => Math.floor(Date.now() / 1000) * 1000
let now = second()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void) {
  listeners.add(listener)
  if (timer === undefined) {
    now = second()
    timer = setInterval(() => {
      now = second()
      for (const each of listeners) each()
    }, 1000)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
  }
}

/** On the server and before anybody listens there is no running clock, and an old reading would be drawn as true. */
const current = () => (timer === undefined ? second() : now)

/** Epoch milliseconds in whole seconds, moving on once a second. */
export const useNow = (): number => useSyncExternalStore(subscribe, current, second)

/**
 * What `read` makes of the time; draws again only when that changes, so that a list of ages in minutes costs nothing
 * in between. `read` is cheap and gives a string, a number or a boolean.
 */
export const useOfNow = <T extends string | number | boolean>(read: (now: number) => T): T =>
  useSyncExternalStore(
    subscribe,
    () => read(current()),
    () => read(second()),
  )
