import type { Command } from '../cli/command.ts'
import { liveState } from '../machine/live-state.ts'
import { shown } from '../record/machine.ts'

export const ls: Command = {
  spec: () => ({ usage: 'smolvm machine ls [OPTIONS]', options: [{ long: 'json' }, { long: 'verbose', short: 'v' }] }),
  async run(args, world) {
    const machines = (await (await world.store()).list()).map((record) => ({ record, state: liveState(record) }))
    if (args.has('json')) {
      const all = machines.map(({ record, state }) => shown(record, state, world.profile.has('state words')))
      world.say(JSON.stringify(all, null, 2))
    } else if (machines.length === 0) {
      world.say('No machines found')
    } else {
      world.say('NAME STATE CPUS MEMORY')
      for (const { record, state } of machines) world.say(`${record.name} ${state} ${record.cpus} ${record.mem}`)
    }
    return 0
  },
}
