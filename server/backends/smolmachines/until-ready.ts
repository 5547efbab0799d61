import { setTimeout as pause } from 'node:timers/promises'
import { HintedError, messageOf } from '../../errors.ts'
import type { ExecResult, Smolvm } from './smolvm.ts'

const LIMIT_MS = 30_000
const FIRST_PAUSE_MS = 25
const LONGEST_PAUSE_MS = 1_000

/**
 * A machine that says it runs may not answer yet: asks until a program runs in it.
 * @param command safe to repeat. @returns how it ended, with whatever code
 */
export async function untilReady(
  smolvm: Pick<Smolvm, 'exec'>,
  machine: string,
  signal: AbortSignal,
  command: readonly string[] = ['true'],
): Promise<ExecResult> {
  const until = Date.now() + LIMIT_MS
  let last = ''
  for (let wait = FIRST_PAUSE_MS; Date.now() < until; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
    try {
      return await smolvm.exec(machine, command, { signal })
    } catch (error) {
      signal.throwIfAborted()
      last = messageOf(error)
    }
    await pause(wait, null, { signal })
  }
  throw new HintedError(`The machine did not become ready within ${LIMIT_MS / 1000} s: ${last}`, 'Launch again.')
}
