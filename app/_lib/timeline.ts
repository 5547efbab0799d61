import { type BottleEvent, type BottleState, FINAL_STATES, STEP_NAMES, type StepName } from '@/server/contract/events'
import type { ProbeCheck } from '@/server/contract/probe'

/** How far a step is, in one unit; a step may count bytes and files side by side. */
export interface StepProgress {
  unit: 'bytes' | 'layers' | 'items'
  done: number
  total: number | null
  note: string | null
}

export interface OutputLine {
  /** Number in the log. */
  n: number
  text: string
  stream: 'stdout' | 'stderr'
}

export interface TimelineStep {
  name: StepName
  state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
  /** Epoch milliseconds. */
  startedAt: number | null
  durationMs: number | null
  note: string | null
  progress: readonly StepProgress[]
  /** Lines in the log: first and last number, null while there are none. */
  firstLine: number | null
  lastLine: number | null
  /** The last lines, at most `TAIL_LINES`. */
  tail: readonly OutputLine[]
  /** A line that has not ended yet, such as a progress bar. */
  partial: string | null
  droppedLines: number
  failure: { message: string; hint: string } | null
  /** What the boundary probe saw; empty for every other step. */
  checks: readonly ProbeCheck[]
}

export interface TimelineRelease {
  name: string
  /** Null when it was released. */
  failure: { message: string; hint: string } | null
}

export interface Timeline {
  steps: readonly TimelineStep[]
  state: { state: BottleState; evidence: string; exitCode: number | null; at: number } | null
  /** What a stop or a failed launch took away, in the order in which it did. */
  releases: readonly TimelineRelease[]
  /** Steps that a launch of this bottle goes through. */
  expected: readonly StepName[]
}

/** What the fold reads of a stored event or of a mark in the log. */
export interface TimelineRecord {
  /** Epoch milliseconds. */
  at: number
  event: BottleEvent
  /** Number of the first log line in it, if it holds any. */
  firstLine?: number | null
}

/** As many as a look at a step needs; the log page has them all. */
export const TAIL_LINES = 200

const emptyStep = (name: StepName): TimelineStep => ({
  name,
  state: 'waiting',
  startedAt: null,
  durationMs: null,
  note: null,
  progress: [],
  firstLine: null,
  lastLine: null,
  tail: [],
  partial: null,
  droppedLines: 0,
  failure: null,
  checks: [],
})

/** @param expected steps that the launch will go through, shown as waiting until they start */
export const emptyTimeline = (expected: readonly StepName[]): Timeline => ({
  steps: expected.map(emptyStep),
  state: null,
  releases: [],
  expected,
})

/** Folds what happened to a bottle into what its page shows; the same events always give the same timeline. */
export function timeline(before: Timeline, { at, event, firstLine }: TimelineRecord): Timeline {
  // It may come at any time after the launch, and is no part of it: the log tells of it.
  if ('step' in event && event.step === 'freeze') return before
  switch (event.type) {
    case 'step-started':
      return { ...before, steps: started(before.steps, event.step, at) }
    case 'output':
      return withStep(before, event.step, (step) => withOutput(step, event, firstLine ?? null))
    case 'progress':
      return withStep(before, event.step, (step) => withProgress(step, event))
    case 'step-done':
      return withStep(before, event.step, (step) => ({
        ...step,
        state: 'done',
        durationMs: event.durationMs,
        note: event.note ?? null,
        partial: null,
      }))
    case 'step-failed':
      return withStep(before, event.step, (step) => ({
        ...step,
        state: 'failed',
        durationMs: event.durationMs,
        failure: { message: event.message, hint: event.hint },
      }))
    case 'state':
      // A bottle that is resumed begins again with nothing done; what its run before did is in the log.
      if (event.state === 'launching') return { ...emptyTimeline(before.expected), state: stateOf(event, at) }
      return {
        ...before,
        steps: atRest(before.steps, event.state),
        state: stateOf(event, at),
      }
    case 'release-done':
      return released(before, { name: event.name, failure: null })
    case 'release-failed':
      return released(before, { name: event.name, failure: { message: event.message, hint: event.hint } })
    case 'dropped':
      return event.step
        ? withStep(before, event.step, (step) => ({ ...step, droppedLines: step.droppedLines + event.lines }))
        : before
    case 'probe':
      return withChecks(before, event.checks)
    case 'egress':
    case 'routes':
    case 'bundle':
      return before
    default:
      return event satisfies never
  }
}

const stateOf = (event: Extract<BottleEvent, { type: 'state' }>, at: number): NonNullable<Timeline['state']> => ({
  state: event.state,
  evidence: event.evidence,
  exitCode: event.exitCode ?? null,
  at,
})

/** The probe is repeated while the agent runs; what the launch shows is the one before its start. */
export function withChecks(before: Timeline, checks: readonly ProbeCheck[]): Timeline {
  const probe = before.steps.find(({ name }) => name === 'boundary probe')
  if (!probe || probe.state === 'waiting' || (probe.state === 'done' && probe.checks.length > 0)) return before
  return withStep(before, 'boundary probe', (step) => ({ ...step, checks }))
}

/** The step that the operator should look at: the one that a launch ended at, else the running one. */
export const stepInFocus = (steps: readonly TimelineStep[]): TimelineStep | null =>
  steps.find((step) => step.state === 'failed' || step.state === 'cancelled') ??
  steps.findLast((step) => step.state === 'running') ??
  null

function withStep(before: Timeline, name: StepName, change: (step: TimelineStep) => TimelineStep): Timeline {
  const known = before.steps.some((step) => step.name === name)
  const steps = known ? before.steps : inserted(before.steps, emptyStep(name))
  return { ...before, steps: steps.map((step) => (step.name === name ? change(step) : step)) }
}

/** A launch goes through its steps in order, so one that still waits before a started one was not needed. */
function started(steps: readonly TimelineStep[], name: StepName, at: number): TimelineStep[] {
  const step: TimelineStep = { ...emptyStep(name), state: 'running', startedAt: at }
  const all = inserted(
    steps.filter((other) => other.name !== name),
    step,
  )
  const place = all.indexOf(step)
  return all.filter((other, index) => index >= place || other.state !== 'waiting')
}

/** At the end nothing is waited for; and where a stop ended the launch, the step that it hit did not fail. */
function atRest(steps: readonly TimelineStep[], state: BottleState): readonly TimelineStep[] {
  if (!FINAL_STATES.includes(state)) return steps
  return steps
    .filter((step) => step.state !== 'waiting')
    .map((step) => (state === 'stopped' && step.state === 'failed' ? { ...step, state: 'cancelled' } : step))
}

function inserted(steps: readonly TimelineStep[], step: TimelineStep): TimelineStep[] {
  const order = STEP_NAMES.indexOf(step.name)
  const place = steps.findIndex((other) => STEP_NAMES.indexOf(other.name) > order)
  return place === -1 ? [...steps, step] : [...steps.slice(0, place), step, ...steps.slice(place)]
}

function withOutput(
  step: TimelineStep,
  event: Extract<BottleEvent, { type: 'output' }>,
  firstLine: number | null,
): TimelineStep {
  if (event.partial) return { ...step, partial: event.text }
  const lines = wholeLines(event.text)
  const n = firstLine ?? (step.lastLine ?? 0) + 1
  const fresh = lines.map((text, index) => ({ n: n + index, text, stream: event.stream }))
  return {
    ...step,
    firstLine: step.firstLine ?? n,
    lastLine: n + lines.length - 1,
    tail: [...step.tail, ...fresh].slice(-TAIL_LINES),
    partial: null,
  }
}

/** @param text whole lines, each ended by `\n` */
export function wholeLines(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function withProgress(step: TimelineStep, event: Extract<BottleEvent, { type: 'progress' }>): TimelineStep {
  const now: StepProgress = {
    unit: event.unit,
    done: event.done,
    total: event.total ?? null,
    note: event.note ?? null,
  }
  const known = step.progress.some((progress) => progress.unit === now.unit)
  return {
    ...step,
    progress: known
      ? step.progress.map((progress) => (progress.unit === now.unit ? now : progress))
      : [...step.progress, now],
  }
}

/** A release may be tried again; what counts is how it went last. */
const released = (before: Timeline, release: TimelineRelease): Timeline => ({
  ...before,
  releases: [...before.releases.filter((other) => other.name !== release.name), release],
})
