/**
 * Yields what several sources yield, as it comes. Each source is asked for its next value only when its last one was
 * taken, so a slow reader slows them down instead of filling memory. The first error ends the whole; every source is
 * closed at the end.
 */
export async function* merge<T>(sources: readonly AsyncIterable<T>[]): AsyncGenerator<T> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]())
  const next = (index: number) => iterators[index]!.next().then((result) => ({ index, result }))
  const pending = new Map(iterators.map((_, index) => [index, next(index)]))
  try {
    while (pending.size > 0) {
      const { index, result } = await Promise.race(pending.values())
      if (result.done) {
        pending.delete(index)
        continue
      }
      // Asked again at the end of the queue: a source that always has something cannot starve the others.
      pending.delete(index)
      pending.set(index, next(index))
      yield result.value
    }
  } finally {
    for (const iterator of iterators) void iterator.return?.()
  }
}
