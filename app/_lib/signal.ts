/** One value that several components read and anybody sets, for what is open in the frame. */
export class Signal<T> {
  readonly #listeners = new Set<() => void>()
  #value: T

  constructor(initial: T) {
    this.#value = initial
  }

  readonly get = (): T => this.#value
  readonly set = (value: T): void => {
    if (Object.is(value, this.#value)) return
    this.#value = value
    for (const listener of this.#listeners) listener()
  }
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
