import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { World } from '../cli/command.ts'
import { agentFailed, configFailed } from '../failure.ts'
import { uplink } from '../network/uplink.ts'
import type { MachineRecord } from '../record/machine.ts'
import { machineDirOf } from '../record/places.ts'
import { bootPolicy } from './boot-policy.ts'
import { ensureContainer, startContainer, stopContainer } from './container.ts'
import { runInside } from './exec-inside.ts'
import { startTimeOf } from './live-state.ts'
import { startWorkload } from './workload.ts'

/** Boots a machine: guest, network, first-boot commands, workload. Whatever fails, it is off again. */
export async function boot(world: World, record: MachineRecord): Promise<MachineRecord> {
  const { knobs, profile } = world
  if (record.source_smolmachine && !profile.has('from keeps policy') && !existsSync(record.source_smolmachine)) {
    throw configFailed('start', `sidecar not found: ${record.source_smolmachine}`)
  }
  await ensureContainer(world, record)
  if (knobs.startMs > 0) await pause(knobs.startMs)
  const store = await world.store()
  try {
    const pid = await startContainer(world, record.name)
    if (knobs.startFails) throw agentFailed('start', 'timed out waiting for the guest')
    const gateway = await connect(world, record, pid)
    if (!record.init_completed) await runInit(world, record)
    await startWorkload(world, record)
    return await store.update(record.name, () => ({
      state: 'running',
      pid,
      pid_start_time: startTimeOf(pid),
      init_completed: true,
      fake_gateway: gateway,
      fake_failing_execs: knobs.failedExecs,
      fake_fresh: true,
    }))
  } catch (error) {
    await stopContainer(world, record.name).catch(() => {})
    await store.update(record.name, () => ({ state: 'failed', pid: null, pid_start_time: null })).catch(() => {})
    throw error
  }
}

async function connect(world: World, record: MachineRecord, pid: number): Promise<number | null> {
  const policy = bootPolicy(record, world.profile, world.knobs)
  if (!policy) return null
  const folder = machineDirOf(world.dataDir, record.name)
  await mkdir(folder, { recursive: true })
  return uplink(pid, policy, path.join(folder, 'network.log'))
}

/** `--init` commands are the machine's own set-up: as root, once, through a shell. */
async function runInit(world: World, record: MachineRecord): Promise<void> {
  const env = record.env.map(([key, value]) => `${key}=${value}`)
  for (const command of record.init) {
    const done = await runInside(world, record.name, { command: ['/bin/sh', '-c', command], user: '0', env })
    if (done.code !== 0) throw agentFailed('init', `'${command}' ended with code ${done.code}: ${done.stderr.trim()}`)
  }
}
