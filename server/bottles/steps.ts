import type { BottleEvent, StepName } from '../contract/events.ts'
import { messageOf, StepFailedError, StepTimeoutError } from '../errors.ts'
import type { Scope } from '../lib/scope.ts'
import type { GuestFile } from '../providers/guest-file.ts'

/** What a launch is given that no plan holds. In memory only, and forgotten when it is over. */
export interface LaunchSecrets {
  /** Values of secret environment variables, by guest name. */
  secrets: ReadonlyMap<string, string>
  /** Values of the plan's token slots, for egress and nobody else. */
  tokens: ReadonlyMap<string, string>
  /** Logins of the host in their own shape with placeholders where the secrets are, to be put into the guest. */
  logins: readonly GuestFile[]
}

/** What a launch is given: where to register undoing, where to tell, and when to give up. */
export interface LaunchRun extends LaunchSecrets {
  scope: Scope
  emit(event: BottleEvent): void
  /** Aborted when the operator cancels. Goes into every step and never into a release. */
  signal: AbortSignal
}

/** The limit of each step, in milliseconds. A step without one is a compile error. */
export const STEP_LIMIT_MS: Readonly<Record<StepName, number>> = {
  'earlier run': 120_000,
  'base image': 20 * 60_000,
  'agent image': 30 * 60_000,
  'sidecar image': 20 * 60_000,
  networks: 30_000,
  certificates: 15_000,
  'git keys': 60_000,
  sidecars: 60_000,
  agent: 60_000,
  artifact: 20 * 60_000,
  machine: 120_000,
  'machine start': 120_000,
  'machine init': 60_000,
  workspace: 30 * 60_000,
  provision: 120_000,
  'boundary probe': 30_000,
  'start agent': 30_000,
  freeze: 20 * 60_000,
}

/**
 * Runs one named step: says so, limits and times it, and registers its release under the same name.
 *
 * @param acquire is given a signal that ends on cancel and at the step's limit; it must end soon after
 * @param release registered only once `acquire` succeeded; where it can fail halfway, call `run.scope.defer` first
 * @throws StepFailedError naming the step; the signal's reason when the operator cancelled
 */
export async function step<T>(
  run: LaunchRun,
  name: StepName,
  acquire: (signal: AbortSignal) => Promise<T>,
  release?: (value: T) => Promise<void>,
): Promise<T> {
  run.signal.throwIfAborted()
  const startedAt = performance.now()
  const took = () => Math.round(performance.now() - startedAt)
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(new StepTimeoutError(name, STEP_LIMIT_MS[name])), STEP_LIMIT_MS[name])
  run.emit({ type: 'step-started', step: name })
  try {
    const value = await acquire(AbortSignal.any([run.signal, limit.signal]))
    if (release) run.scope.defer(name, () => release(value))
    run.signal.throwIfAborted()
    run.emit({ type: 'step-done', step: name, durationMs: took() })
    return value
  } catch (thrown) {
    const cause = run.signal.aborted ? run.signal.reason : limit.signal.aborted ? limit.signal.reason : thrown
    const error = new StepFailedError(name, cause)
    run.emit({
      type: 'step-failed',
      step: name,
      message: run.signal.aborted ? 'Cancelled.' : messageOf(cause),
      hint: error.hint,
      durationMs: took(),
    })
    throw error
  } finally {
    clearTimeout(timer)
  }
}
