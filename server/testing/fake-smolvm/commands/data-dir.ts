import type { Command } from '../cli/command.ts'
import { machineDirOf } from '../record/places.ts'
import { nameBySpec, nameOf } from './names.ts'

export const dataDir: Command = {
  spec(profile) {
    const { options, positionals } = nameBySpec(profile, false)
    return { usage: 'smolvm machine data-dir <NAME>', options, positionals: positionals ?? [] }
  },
  async run(args, world) {
    const { name } = await (await world.store()).get(nameOf(args) ?? 'default')
    world.say(machineDirOf(world.dataDir, name))
    return 0
  },
}
