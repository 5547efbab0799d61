import type { StepName } from '../contract/events.ts'
import { abortable } from '../lib/abortable.ts'
import type { KeyedLock } from '../lib/keyed-lock.ts'
import { StepOutput } from './step-output.ts'
import { type LaunchRun, step } from './steps.ts'

/** A step that talks. */
export function told<T>(
  run: LaunchRun,
  name: StepName,
  acquire: (output: StepOutput, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return step(run, name, async (signal) => {
    using output = new StepOutput(name, run.emit)
    return await acquire(output, signal)
  })
}

/**
 * A step that makes something outside. Its release is registered before it begins, because the thing may have been
 * made when we hear of a failure; it works by label or name and waits for the maker's answer first.
 */
export function made<T>(
  run: LaunchRun,
  name: StepName,
  make: (signal: AbortSignal) => Promise<T>,
  release: () => Promise<void>,
): Promise<T> {
  return step(run, name, (signal) => {
    const making = make(signal)
    run.scope.defer(name, async () => {
      await making.catch(() => {})
      await release()
    })
    return abortable(making, signal)
  })
}

/** One image is made once: who comes second waits, and then finds it. */
export function inTurn<T>(
  images: KeyedLock,
  key: string,
  output: StepOutput,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  if (images.taken(key)) output.say('Another launch is making this image; waiting for it')
  return images.run(key, work, signal)
}
