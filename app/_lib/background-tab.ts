/**
 * Of several hidden tabs one stays awake, for notifications and for the others' titles; the rest give up their stream,
 * so that ten open tabs do not use up the six connections that a browser allows per host.
 */
const AWAKE_LOCK = 'bot-bottle.awake-in-background'
const VISIBLE_LOCK = 'bot-bottle.visible'
/** A short look into another tab should not cost a reconnect. */
const GRACE_MS = 15_000

/** Calls `onAwake` whenever this tab should open or close its stream. Returns how to stop. */
export function followVisibility(onAwake: (awake: boolean) => void): () => void {
  const locks: LockManager | undefined = navigator.locks
  let leave = new AbortController()
  let grace: ReturnType<typeof setTimeout> | undefined

  const hold = (name: string, mode: LockMode, signal: AbortSignal, granted: () => void) =>
    locks
      ?.request(name, { mode, signal }, () => {
        granted()
        return new Promise<void>((release) => signal.addEventListener('abort', () => release(), { once: true }))
      })
      .catch(() => {}) // aborted while waiting: somebody else kept the lock, and that is fine

  const apply = () => {
    leave.abort()
    leave = new AbortController()
    clearTimeout(grace)
    if (document.visibilityState === 'visible' || !locks) {
      onAwake(true)
      hold(VISIBLE_LOCK, 'shared', leave.signal, () => {})
      return
    }
    let chosen = false
    hold(AWAKE_LOCK, 'exclusive', leave.signal, () => {
      chosen = true
      onAwake(true)
    })
    grace = setTimeout(() => !chosen && onAwake(false), GRACE_MS)
  }

  document.addEventListener('visibilitychange', apply)
  apply()
  return () => {
    document.removeEventListener('visibilitychange', apply)
    clearTimeout(grace)
    leave.abort()
  }
}

/** True when some tab of ours is in front of the operator. */
export async function isAnyTabVisible(): Promise<boolean> {
  if (document.visibilityState === 'visible') return true
  const held = (await navigator.locks?.query())?.held ?? []
  return held.some((lock) => lock.name === VISIBLE_LOCK)
}
