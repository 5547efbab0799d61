/** In a hidden tab frames stand still; what comes in meanwhile is still to be dealt with. */
const HIDDEN_MS = 250

/**
 * Calls `run` when the page is drawn next.
 *
 * @param notBefore time on the clock of `performance.now()`; for what need not be drawn with every frame
 * @returns takes it back
 */
export function onNextFrame(run: () => void, notBefore = 0): () => void {
  let frame = 0
  const wait = document.visibilityState === 'hidden' ? HIDDEN_MS : notBefore - performance.now()
  if (wait <= 0) frame = requestAnimationFrame(run)
  const timer =
    wait > 0
      ? setTimeout(() => {
          if (document.visibilityState === 'hidden') run()
          else frame = requestAnimationFrame(run)
        }, wait)
      : undefined
  return () => {
    clearTimeout(timer)
    cancelAnimationFrame(frame)
  }
}
