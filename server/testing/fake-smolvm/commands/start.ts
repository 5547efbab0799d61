import type { Command } from '../cli/command.ts'
import { boot } from '../machine/boot.ts'
import { liveState } from '../machine/live-state.ts'
import { withMachineLock } from '../machine/start-lock.ts'
import { machineDirOf } from '../record/places.ts'
import { DEFAULT_NAME, nameFlag } from './names.ts'

export const start: Command = {
  spec: () => ({ usage: 'smolvm machine start [OPTIONS]', options: [nameFlag] }),
  async run(args, world) {
    const name = args.one('name') ?? DEFAULT_NAME
    const store = await world.store()
    await store.get(name)
    return withMachineLock(machineDirOf(world.dataDir, name), async () => {
      const record = await store.get(name)
      if (liveState(record) === 'running') {
        world.say(`Machine '${name}' already running (PID: ${record.pid})`)
        return 0
      }
      world.warn(`Starting machine '${name}'...`)
      const { pid } = await boot(world, record)
      world.say(`Machine '${name}' running (PID: ${pid})`)
      return 0
    })
  },
}
