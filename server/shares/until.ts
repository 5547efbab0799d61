/** The longest that `setTimeout` can wait; longer delays would fire at once. */
const LONGEST_MS = 2 ** 31 - 1

/** A signal that aborts after a delay of any length. Keeps no process alive. */
export function until(delayMs: number): { signal: AbortSignal; cancel(): void } {
  const end = new AbortController()
  let timer: NodeJS.Timeout
  const wait = (left: number) => {
    timer = setTimeout(() => (left > LONGEST_MS ? wait(left - LONGEST_MS) : end.abort()), Math.min(left, LONGEST_MS))
    timer.unref()
  }
  wait(Math.max(0, delayMs))
  return { signal: end.signal, cancel: () => clearTimeout(timer) }
}
