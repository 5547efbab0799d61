import type { LaunchRun } from '../bottles/steps.ts'
import type { BottleEvent, StepName } from '../contract/events.ts'
import { Scope } from '../lib/scope.ts'

/** What a launch is given, keeping everything it tells. */
export interface TestRun extends LaunchRun {
  readonly events: BottleEvent[]
  cancel(reason?: Error): void
  /** All output of one step, or of all. */
  text(step?: StepName): string
}

/** @param onEvent called with each event as it is told, to act in the middle of a launch */
export function testRun(
  secrets: Record<string, string> = {},
  onEvent: (event: BottleEvent) => void = () => {},
): TestRun {
  const events: BottleEvent[] = []
  const abort = new AbortController()
  const emit = (event: BottleEvent) => {
    events.push(event)
    onEvent(event)
  }
  const released = (name: string, error?: unknown) =>
    emit(
      error === undefined
        ? { type: 'release-done', name }
        : { type: 'release-failed', name, message: String(error), hint: '' },
    )
  return {
    events,
    emit,
    scope: new Scope(released),
    signal: abort.signal,
    secrets: new Map(Object.entries(secrets)),
    tokens: new Map(),
    logins: [],
    cancel: (reason = new Error('cancelled')) => abort.abort(reason),
    text: (step) =>
      events.map((event) => (event.type === 'output' && (!step || event.step === step) ? event.text : '')).join(''),
  }
}
