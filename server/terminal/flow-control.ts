/** Two water marks, in bytes. */
export interface Marks {
  /** Above this the source is paused … */
  high: number
  /** … and it flows again when the gauge is below this. */
  low: number
}

/**
 * Pauses a source while any of its consumers has too much before it, and lets it go on when all have caught up.
 * Pure: it is told levels and says pause or resume, each only when it changes something.
 *
 * @example
 * const flow = new FlowControl(stream, { writer: { high: 256_000, low: 64_000 } })
 * flow.set('writer', 300_000) // stream.pause()
 * flow.set('writer', 10_000) // stream.resume()
 */
export class FlowControl<Gauge extends string> {
  readonly #over = new Set<Gauge>()

  constructor(
    private readonly source: { pause(): unknown; resume(): unknown },
    private readonly marks: Readonly<Record<Gauge, Marks>>,
  ) {}

  get paused(): boolean {
    return this.#over.size > 0
  }

  /** Whether this gauge holds the source back. */
  isOver(gauge: Gauge): boolean {
    return this.#over.has(gauge)
  }

  /** @param level what is before this consumer now, bytes */
  set(gauge: Gauge, level: number): void {
    const { high, low } = this.marks[gauge]
    const wasPaused = this.paused
    if (level > high) this.#over.add(gauge)
    else if (level < low) this.#over.delete(gauge)
    if (this.paused === wasPaused) return
    if (this.paused) this.source.pause()
    else this.source.resume()
  }
}
