import type { LogMark } from '@/server/contract/views'
import type { ExtraHeights } from './extra-heights'
import { type Block, type BlocksInput, LINE_HEIGHT, type StepSummary, stackBlocks } from './log-blocks'

/** One row that is drawn; `top` in pixels from the beginning of the log. */
export type LogRow =
  | { kind: 'line'; key: string; top: number; n: number }
  | { kind: 'step'; key: string; top: number; step: StepSummary }
  | { kind: 'note'; key: string; top: number; id: number; mark: LogMark }

/**
 * Where everything in a log stands, without looking at a single line: a million lines cost as much as a hundred,
 * and a new line costs nothing.
 */
export class LogLayout {
  /** Pixels. */
  readonly height: number
  readonly steps: readonly StepSummary[]
  readonly #blocks: readonly Block[]
  readonly #extras: ExtraHeights

  constructor(input: BlocksInput) {
    const { blocks, steps, height } = stackBlocks(input)
    this.#blocks = blocks
    this.#extras = input.extras
    this.steps = steps
    this.height = height
  }

  /** What is seen between two heights, from top to bottom. */
  rows(from: number, to: number): LogRow[] {
    const rows: LogRow[] = []
    for (let i = this.#blockAt(from); i < this.#blocks.length; i++) {
      const block = this.#blocks[i]!
      if (block.top > to) break
      if (block.kind === 'step') rows.push({ kind: 'step', key: `s${block.step.id}`, top: block.top, step: block.step })
      else if (block.kind === 'note')
        rows.push({ kind: 'note', key: `m${block.id}`, top: block.top, id: block.id, mark: block.mark })
      else this.#lines(block, from, to, rows)
    }
    return rows
  }

  /** Where a line begins; where its step does, if that is folded. */
  topOf(n: number): number {
    for (const block of this.#blocks) {
      if (block.kind === 'lines' && n >= block.from && n <= block.to) return this.#topIn(block, n)
      if (block.kind === 'step' && block.step.folded && owns(block.step, n)) return block.top
    }
    return n < 1 ? 0 : this.height
  }

  /** The step that a line belongs to, folded or not. */
  stepOf(n: number): StepSummary | null {
    return this.steps.find((step) => owns(step, n)) ?? null
  }

  /** The step that goes on at a height, and where it ends: for the header that sticks. */
  stepAt(y: number): { step: StepSummary; end: number } | null {
    const step = this.#blocks[this.#blockAt(y)]?.step
    if (!step) return null
    const last = this.#blocks.findLast((block) => block.step === step)!
    return { step, end: last.top + last.height }
  }

  #topIn(block: { top: number; from: number }, n: number): number {
    return block.top + (n - block.from) * LINE_HEIGHT + this.#extras.between(block.from, n - 1)
  }

  #lines(block: { top: number; from: number; to: number }, from: number, to: number, rows: LogRow[]): void {
    const first = lastWhere(block.from, block.to, (n) => this.#topIn(block, n) <= from)
    let top = this.#topIn(block, first)
    for (let n = first; n <= block.to && top <= to; n++) {
      rows.push({ kind: 'line', key: `l${n}`, top, n })
      top += LINE_HEIGHT + this.#extras.of(n)
    }
  }

  #blockAt(y: number): number {
    return lastWhere(0, this.#blocks.length - 1, (i) => this.#blocks[i]!.top <= y)
  }
}

const owns = (step: StepSummary, n: number): boolean => n >= step.firstLine && n < step.firstLine + step.lines

/** Last whole number from `low` to `high` for which `test` holds, which it does up to there; `low` if it never does. */
function lastWhere(low: number, high: number, test: (n: number) => boolean): number {
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (test(middle)) low = middle
    else high = middle - 1
  }
  return low
}
