import { setTimeout as pause } from 'node:timers/promises'
import { HintedError, messageOf } from '../../errors.ts'
import type { Smolvm } from './smolvm.ts'

const LIMIT_MS = 30_000
const FIRST_PAUSE_MS = 25
const LONGEST_PAUSE_MS = 1_000

/** A machine that says it runs may not answer yet: asks until a program runs in it. */
export async function untilReady(smolvm: Smolvm, machine: string, signal: AbortSignal): Promise<void> {
  const until = Date.now() + LIMIT_MS
  let last = ''
  for (let wait = FIRST_PAUSE_MS; Date.now() < until; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
    try {
      const { code } = await smolvm.exec(machine, ['true'], { signal })
      if (code === 0) return
      last = `a program ended with code ${code}`
    } catch (error) {
      signal.throwIfAborted()
      last = messageOf(error)
    }
    await pause(wait, null, { signal })
  }
  throw new HintedError(`The machine did not become ready within ${LIMIT_MS / 1000} s: ${last}`, 'Launch again.')
}
