import { setTimeout as pause } from 'node:timers/promises'
import type { World } from '../cli/command.ts'
import { agentFailed } from '../failure.ts'
import type { MachineRecord } from '../record/machine.ts'
import { execFacts, startInside } from './exec-inside.ts'
import { startTimeOf } from './live-state.ts'

/** So long a workload must live for the start to count as one. */
const SETTLE_MS = 250

/**
 * Launches what the machine is for: on an old version the artifact's program only, on a new one the image's as well.
 * One that ends at once fails the start: exec joins its container, so there would be nothing to join.
 */
export async function startWorkload(world: World, record: MachineRecord): Promise<void> {
  const command = [...record.entrypoint, ...record.cmd]
  const launches = world.profile.has('joined processes') || record.source_smolmachine !== null
  if (!launches || command.length === 0) return
  const { id, stream } = await startInside(world, record.name, {
    command,
    user: userOf(world, record),
    env: record.env.map(([key, value]) => `${key}=${value}`),
    workdir: record.workdir,
  })
  stream.on('error', () => {}).resume()
  for (let settled = Number.POSITIVE_INFINITY; Date.now() < settled; await pause(25)) {
    const { Pid, Running, ExitCode } = await execFacts(world, id)
    const ended = ExitCode !== null && !Running
    if (ended || (Pid > 0 && startTimeOf(Pid) === null)) {
      throw agentFailed('start', `the workload ended with code ${ExitCode}: ${command.join(' ')}`)
    }
    // Counted from when it was seen to run: the engine takes its time.
    if (Pid > 0) settled = Math.min(settled, Date.now() + SETTLE_MS)
  }
  stream.destroy()
}

/** Who programs run as: the image's user since 1.6.0, root before. */
export const userOf = (world: World, record: MachineRecord): string =>
  world.profile.has('image user') ? record.fake_user : '0'
