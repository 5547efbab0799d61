import type { World } from '../cli/command.ts'
import { agentFailed, Failure } from '../failure.ts'
import { runTool } from '../image/run-tool.ts'
import type { MachineRecord } from '../record/machine.ts'
import { liveState } from './live-state.ts'

/** A machine whose agent answers. @throws Failure when it is unknown, off, silent, or (knob) not ready yet */
export async function reachable(name: string, world: World): Promise<MachineRecord> {
  const store = await world.store()
  const record = await store.get(name)
  const state = liveState(record)
  if (state === 'unreachable') throw agentFailed('connect', 'timed out')
  if (state !== 'running') {
    throw new Failure(`machine '${name}' is not running. Use 'smolvm machine start --name ${name}' to start it.`)
  }
  if (record.fake_failing_execs > 0) {
    await store.update(name, ({ fake_failing_execs }) => ({ fake_failing_execs: fake_failing_execs - 1 }))
    throw agentFailed('connect', 'connection refused')
  }
  return record
}

/** Knob: what was uploaded to a temporary folder before the first exec is no longer seen. */
export async function maskOnce(record: MachineRecord, world: World): Promise<void> {
  if (!record.fake_fresh || !world.knobs.masked) return
  // With the host's own program: the guest may have none.
  const args = ['--namespace', `/proc/${record.pid}/ns/mnt`, '-t', 'tmpfs', 'tmpfs', world.knobs.masked]
  const { code, stderr } = await runTool('mount', args)
  if (code !== 0) throw agentFailed('mask', stderr.trim())
  await (await world.store()).update(record.name, () => ({ fake_fresh: false }))
}
