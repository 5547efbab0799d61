import type { World } from '../cli/command.ts'
import { agentFailed } from '../failure.ts'
import { GATEWAY } from '../network/rules.ts'
import type { MachineRecord } from '../record/machine.ts'
import { containerName, HOME_LABEL, LABEL, MACHINE_LABEL } from './names.ts'

interface ContainerFacts {
  State: { Running: boolean; Pid: number }
}

/**
 * Makes the container that stands for the machine, if it is not there yet. Its first process does nothing but live;
 * what runs in the machine comes by exec, as in a VM through the agent. `network none`: the uplink is ours.
 */
export async function ensureContainer(world: World, record: MachineRecord): Promise<void> {
  const engine = await world.engine()
  const name = containerName(world.home, record.name)
  if (await engine.call('GET', `/containers/${name}/json`)) return
  await engine.call('POST', `/containers/create?name=${name}`, {
    Image: record.fake_image_id,
    Entrypoint: ['sleep', 'infinity'],
    Cmd: [],
    User: '0:0',
    Hostname: record.name.slice(0, 63),
    Labels: { [LABEL]: world.profile.version, [HOME_LABEL]: world.home, [MACHINE_LABEL]: record.name },
    HostConfig: {
      Init: true,
      NetworkMode: 'none',
      Dns: [world.profile.has('enforced by virtio-net') ? GATEWAY : '1.1.1.1'],
      NanoCpus: Math.min(record.cpus, (await import('node:os')).cpus().length) * 1e9,
      Memory: record.mem * 1024 * 1024,
      Binds: record.mounts.map(([host, guest, readOnly]) => `${host}:${guest}${readOnly ? ':ro' : ''}`),
    },
  })
}

/** @returns the machine's first process, as the host numbers it. @throws Failure when it did not come up */
export async function startContainer(world: World, machine: string): Promise<number> {
  const engine = await world.engine()
  const path = `/containers/${containerName(world.home, machine)}`
  await engine.call('POST', `${path}/start`)
  const facts = await engine.call<ContainerFacts>('GET', `${path}/json`)
  if (!facts?.State.Running) throw agentFailed('start', 'the guest did not come up')
  return facts.State.Pid
}

/** At once, as when power goes. */
export async function stopContainer(world: World, machine: string): Promise<void> {
  const engine = await world.engine()
  await engine.call('POST', `/containers/${containerName(world.home, machine)}/stop?t=0`)
}

export async function removeContainer(world: World, machine: string): Promise<void> {
  const engine = await world.engine()
  await engine.call('DELETE', `/containers/${containerName(world.home, machine)}?force=1&v=1`)
}
