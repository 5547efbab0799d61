/**
 * Stops waiting for work that cannot be stopped itself. The work goes on: whoever cleans up must wait for it.
 *
 * @throws the signal's reason as soon as it is aborted
 */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
    // Also when nobody waits any more: a failure that nobody hears of would end the process.
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
