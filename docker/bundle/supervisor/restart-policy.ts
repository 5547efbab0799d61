const WINDOW_MS = 60_000
const MOST_DEATHS = 5
const FIRST_DELAY_MS = 100
const LONGEST_DELAY_MS = 5_000

/** When a daemon that died is started again: 100 ms, 400 ms, 1.6 s, 5 s; five deaths within a minute are too many. */
export class RestartPolicy {
  #deaths: number[] = []

  /** @param now milliseconds of any clock that only goes forward @returns milliseconds to wait; null: give up */
  died(now: number): number | null {
    this.#deaths = [...this.#deaths.filter((at) => now - at < WINDOW_MS), now]
    if (this.#deaths.length >= MOST_DEATHS) return null
    return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 4 ** (this.#deaths.length - 1))
  }
}
