import type { Command } from '../cli/command.ts'
import { stopContainer } from '../machine/container.ts'
import { liveState } from '../machine/live-state.ts'
import { withMachineLock } from '../machine/start-lock.ts'
import { machineDirOf } from '../record/places.ts'
import { DEFAULT_NAME, nameFlag } from './names.ts'

export const stop: Command = {
  spec: () => ({ usage: 'smolvm machine stop [OPTIONS]', options: [nameFlag] }),
  async run(args, world) {
    const name = args.one('name') ?? DEFAULT_NAME
    const store = await world.store()
    const known = (await store.list()).some((machine) => machine.name === name)
    if (!known && !world.profile.has('stop of unknown fails')) {
      world.say(`Machine '${name}' not running`)
      return 0
    }
    await store.get(name)
    return withMachineLock(machineDirOf(world.dataDir, name), async () => {
      const state = liveState(await store.get(name))
      if (state !== 'running' && state !== 'unreachable') {
        world.say(`Machine '${name}' not running`)
        return 0
      }
      world.warn(`Stopping machine '${name}'...`)
      await stopContainer(world, name)
      await store.update(name, () => ({ state: 'stopped', pid: null, pid_start_time: null }))
      world.say(`Machine '${name}' stopped`)
      return 0
    })
  },
}
