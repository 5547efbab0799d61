/**
 * Tells any number of readers the latest value of each key. A slow reader gets fewer values, never older ones, and
 * costs at most one value per key: changes that it has not read yet are replaced.
 */
export class ChangeFeed<K, V> {
  readonly #readers = new Set<Reader<K, V>>()

  publish(key: K, value: V): void {
    for (const reader of this.#readers) reader.put(key, value)
  }

  /** Reads from this very moment on, also before the first `next`. Ends when `signal` aborts. */
  follow(signal: AbortSignal): AsyncIterable<readonly V[]> {
    const reader = new Reader<K, V>()
    if (!signal.aborted) {
      this.#readers.add(reader)
      const leave = () => {
        this.#readers.delete(reader)
        reader.wake()
      }
      signal.addEventListener('abort', leave, { once: true })
    }
    return reader.batches(signal)
  }
}

class Reader<K, V> {
  #waiting = new Map<K, V>()
  wake = () => {}

  put(key: K, value: V): void {
    // Deleted first, so that the order is that of the latest changes.
    this.#waiting.delete(key)
    this.#waiting.set(key, value)
    this.wake()
  }

  async *batches(signal: AbortSignal): AsyncGenerator<readonly V[]> {
    while (!signal.aborted) {
      if (this.#waiting.size === 0) {
        await new Promise<void>((resolve) => {
          this.wake = resolve
        })
        continue
      }
      const batch = [...this.#waiting.values()]
      this.#waiting = new Map()
      yield batch
    }
  }
}
