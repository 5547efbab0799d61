import type { StepName } from '@/server/contract/events'
import type { LogMark } from '@/server/contract/views'
import type { ExtraHeights } from './extra-heights'

/** Pixels. A line is 13 px at 1.35, rounded to whole pixels so that letters stay sharp. */
export const LINE_HEIGHT = 18
export const STEP_HEIGHT = 34
export const NOTE_HEIGHT = 26

export interface StepSummary {
  /** Place of its first mark among the marks: what folding goes by. */
  id: number
  name: StepName
  /** `part`: the range ends before the step does, so how it went is not told. */
  state: 'running' | 'part' | 'done' | 'failed'
  startedAt: number
  durationMs: number | null
  note: string | null
  /** First line of it and how many, as far as they are in this log. */
  firstLine: number
  lines: number
  folded: boolean
}

/** What stands in a log from top to bottom. A run of lines is one block, however long. */
export type Block =
  | { kind: 'lines'; top: number; height: number; from: number; to: number; step: StepSummary | null }
  | { kind: 'step'; top: number; height: number; step: StepSummary }
  | { kind: 'note'; top: number; height: number; id: number; mark: LogMark; step: StepSummary | null }

export interface BlocksInput {
  /** In the order in which they stand. */
  marks: readonly LogMark[]
  /** First and last line to lay out; a shared range begins later than 1. */
  first: number
  last: number
  /** False where the log goes on after `last`, so that what stands behind it does not belong here. */
  wholeEnd: boolean
  /** Ids of the steps whose lines are hidden. */
  folded: ReadonlySet<number>
  extras: ExtraHeights
  /** Measured heights of notes, by the place of their mark. */
  noteHeights: ReadonlyMap<number, number>
}

/** Stacks marks and the runs of lines between them. */
export function stackBlocks(input: BlocksInput): { blocks: Block[]; steps: StepSummary[]; height: number } {
  const { marks, first, last, folded, extras, noteHeights } = input
  const blocks: Block[] = []
  const steps: StepSummary[] = []
  let height = 0
  let line = first
  let step: StepSummary | null = null
  let headed = false

  const add = (block: Block) => {
    blocks.push(block)
    height += block.height
  }
  const head = () => {
    if (!step || headed) return
    headed = true
    steps.push(step)
    add({ kind: 'step', top: height, height: STEP_HEIGHT, step })
  }
  const linesUntil = (end: number) => {
    const to = Math.min(end - 1, last)
    if (to < line) return
    head()
    if (step) {
      if (step.lines === 0) step.firstLine = line
      step.lines += to - line + 1
    }
    if (!step?.folded) {
      const pixels = (to - line + 1) * LINE_HEIGHT + extras.between(line, to)
      add({ kind: 'lines', top: height, height: pixels, from: line, to, step })
    }
    line = to + 1
  }

  for (const [id, mark] of marks.entries()) {
    const { event, beforeLine } = mark
    linesUntil(beforeLine)
    const here = beforeLine >= first && (beforeLine <= last || input.wholeEnd)
    if (event.type === 'step-started') {
      step = stepOf(id, mark, event.step, { folded: folded.has(id), state: input.wholeEnd ? 'running' : 'part' })
      headed = false
      if (here) head()
      continue
    }
    if ((event.type === 'step-done' || event.type === 'step-failed') && step?.name === event.step) {
      step.state = event.type === 'step-done' ? 'done' : 'failed'
      step.durationMs = event.durationMs
      step.note = event.type === 'step-done' ? (event.note ?? null) : null
    }
    const hidden = event.type === 'step-done' || (event.type === 'dropped' && step?.folded)
    if (here && !hidden) {
      add({ kind: 'note', top: height, height: noteHeights.get(id) ?? NOTE_HEIGHT, id, mark, step })
    }
    if (event.type === 'step-done' || event.type === 'step-failed') {
      step = null
      headed = false
    }
  }
  linesUntil(last + 1)
  return { blocks, steps, height }
}

const stepOf = (
  id: number,
  mark: LogMark,
  name: StepName,
  now: Pick<StepSummary, 'folded' | 'state'>,
): StepSummary => ({
  id,
  name,
  startedAt: mark.at,
  durationMs: null,
  note: null,
  firstLine: mark.beforeLine,
  lines: 0,
  ...now,
})
