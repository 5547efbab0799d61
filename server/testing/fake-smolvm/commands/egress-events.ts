import type { Command } from '../cli/command.ts'
import { liveState } from '../machine/live-state.ts'
import { denials } from '../network/denials.ts'
import { DEFAULT_NAME, nameFlag } from './names.ts'

const LIMIT = 100

export const egressEvents: Command = {
  spec: (profile) =>
    profile.has('egress events')
      ? {
          usage: 'smolvm machine egress-events [OPTIONS]',
          options: [nameFlag, { long: 'limit', value: 'N' }, { long: 'json' }],
        }
      : null,
  async run(args, world) {
    const record = await (await world.store()).get(args.one('name') ?? DEFAULT_NAME)
    const limit = Number(args.one('limit') ?? LIMIT)
    const refused = liveState(record) === 'running' ? await denials(record, limit) : []
    if (args.has('json')) world.say(JSON.stringify(refused, null, 2))
    else for (const { timestamp, operation, dest } of refused) world.say(`${timestamp} ${operation} ${dest}`)
    return 0
  },
}
