import type { BottleEvent, StepName } from '../contract/events.ts'
import { LineBatcher } from '../events/line-batcher.ts'

type Progress = Omit<Extract<BottleEvent, { type: 'progress' }>, 'type' | 'step'>

/** A moving figure is told at most this often. */
const PROGRESS_MS = 100

/** What a step says while it works: lines for its log and figures for its bar. Dispose of it at the step's end. */
export class StepOutput implements Disposable {
  readonly #lines: LineBatcher
  readonly #toldAt = new Map<string, number>()

  constructor(
    private readonly step: StepName,
    private readonly emit: (event: BottleEvent) => void,
  ) {
    this.#lines = new LineBatcher(step, emit)
  }

  /** Output of a program as it came; chunks may end anywhere. */
  write(chunk: Buffer | string, stream: 'stdout' | 'stderr' = 'stdout'): void {
    this.#lines.write(stream, chunk)
  }
  /** A line of our own. */
  say(line: string): void {
    this.#lines.write('stdout', `${line}\n`)
  }
  /** Figures in between are left out, the last one of each unit never is: pass `final`. */
  progress(progress: Progress, { final = false } = {}): void {
    const now = performance.now()
    if (!final && now - (this.#toldAt.get(progress.unit) ?? -PROGRESS_MS) < PROGRESS_MS) return
    this.#toldAt.set(progress.unit, now)
    this.emit({ type: 'progress', step: this.step, ...progress })
  }
  [Symbol.dispose](): void {
    this.#lines.flush()
  }
}
