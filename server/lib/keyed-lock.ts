import { abortable } from './abortable.ts'

/** Lets one piece of work at a time in per key; the others wait their turn, in order. */
export class KeyedLock {
  readonly #last = new Map<string, Promise<void>>()

  /** True when somebody works under this key now. */
  taken(key: string): boolean {
    return this.#last.has(key)
  }

  /**
   * @param signal gives up waiting; work that has begun must watch it itself
   * @throws the signal's reason, or what `work` throws
   */
  async run<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve()
    let leave = () => {}
    const mine = before.then(() => new Promise<void>((resolve) => (leave = resolve)))
    this.#last.set(key, mine)
    void mine.then(() => this.#last.get(key) === mine && this.#last.delete(key))
    try {
      await (signal ? abortable(before, signal) : before)
      return await work()
    } finally {
      // Who gave up while waiting still has to let the next one in, once it is its turn.
      void before.then(() => leave())
    }
  }
}
