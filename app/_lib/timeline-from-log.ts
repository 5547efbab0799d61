import type { StepName } from '@/server/contract/events'
import type { LogOutline, LogPage } from '@/server/contract/views'
import { emptyTimeline, TAIL_LINES, type Timeline, type TimelineStep, timeline } from './timeline'

/**
 * The timeline of a log of which only the marks and some lines are at hand, so that opening a page does not replay two
 * hundred thousand lines. It goes on from here with live events.
 *
 * @param expected steps that the launch will go through
 * @param page any lines of the log; the last ones serve best
 */
export function timelineFromLog(
  expected: readonly StepName[],
  { marks, total }: LogOutline,
  page: Pick<LogPage, 'lines'>,
): Timeline {
  const folded = marks.reduce((before, mark) => timeline(before, mark), emptyTimeline(expected))
  const steps = folded.steps.map((step) => {
    const begin = marks.findLastIndex(({ event }) => event.type === 'step-started' && event.step === step.name)
    if (begin === -1) return step
    const end = marks.findIndex(
      ({ event }, index) =>
        index > begin && (event.type === 'step-done' || event.type === 'step-failed') && event.step === step.name,
    )
    const first = marks[begin]!.beforeLine
    const last = end === -1 ? total : marks[end]!.beforeLine - 1
    return last < first ? step : withLines(step, first, last, page)
  })
  return { ...folded, steps }
}

/** A step with the lines that are known of it. */
export function withLines(
  step: TimelineStep,
  firstLine: number,
  lastLine: number,
  page: Pick<LogPage, 'lines'>,
): TimelineStep {
  const tail = page.lines
    .filter(({ n }) => n >= firstLine && n <= lastLine)
    .slice(-TAIL_LINES)
    .map(({ n, text, stream }) => ({ n, text, stream }))
  return { ...step, firstLine, lastLine, tail }
}
