import { setTimeout as pause } from 'node:timers/promises'

const LIMIT_MS = 60_000
const STEP_MS = 20

/** Waits for a condition, as long as a slow and busy machine may need. @throws after a minute */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + LIMIT_MS
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`It did not come about: ${holds}`)
    await pause(STEP_MS)
  }
}
