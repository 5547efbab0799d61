const WINDOW_MS = 10 * 60_000
/** Before the first, second … time that a bundle is started again; after the last it is left to the operator. */
const DELAYS_MS = [500, 2_000, 8_000, 30_000, 60_000] as const

/** When a bundle whose container ended is started again: not at once, later each time, and not for ever. */
export class HealPolicy {
  #ends: number[] = []

  /** @param now milliseconds of any clock that only goes forward @returns milliseconds to wait; null: give up */
  ended(now: number): number | null {
    this.#ends = [...this.#ends.filter((at) => now - at < WINDOW_MS), now]
    return DELAYS_MS[this.#ends.length - 1] ?? null
  }

  /** The operator starts it: what was before does not count. */
  reset(): void {
    this.#ends = []
  }
}
