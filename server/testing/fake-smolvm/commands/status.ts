import type { Command } from '../cli/command.ts'
import { liveState } from '../machine/live-state.ts'
import { shown } from '../record/machine.ts'
import { DEFAULT_NAME, nameFlag } from './names.ts'

export const status: Command = {
  spec: () => ({ usage: 'smolvm machine status [OPTIONS]', options: [nameFlag, { long: 'json' }] }),
  async run(args, world) {
    const record = await (await world.store()).get(args.one('name') ?? DEFAULT_NAME)
    const state = liveState(record)
    const words = world.profile.has('state words')
    if (args.has('json')) world.say(JSON.stringify(shown(record, state, words), null, 2))
    else if (state === 'running') world.say(`Machine '${record.name}': running (PID: ${record.pid})`)
    else world.say(`Machine '${record.name}': ${words ? state : 'not running'}`)
    return 0
  },
}
