import type { Command, World } from '../cli/command.ts'
import type { Args, ArgsSpec } from '../cli/parse-args.ts'
import { parseDuration } from '../exec/duration.ts'
import { heldOutput, liveOutput } from '../exec/output.ts'
import { runGuest } from '../exec/run-guest.ts'
import { agentFailed } from '../failure.ts'
import { runInside } from '../machine/exec-inside.ts'
import { maskOnce, reachable } from '../machine/reachable.ts'
import { userOf } from '../machine/workload.ts'
import { DEFAULT_NAME, longNameFlag, nameFlag } from './names.ts'
import { pairs } from './pairs.ts'

const options: ArgsSpec['options'] = [
  { long: 'workdir', short: 'w', value: 'DIR' },
  { long: 'env', short: 'e', value: 'K=V', repeat: true },
  { long: 'timeout', value: 'DURATION', check: parseDuration },
  { long: 'interactive', short: 'i' },
  { long: 'tty', short: 't' },
  { long: 'stream' },
]

export const exec: Command = {
  spec: (profile) => ({
    usage: 'smolvm machine exec [OPTIONS] -- <COMMAND>...',
    options: [longNameFlag, ...options, ...(profile.has('detached exec') ? [{ long: 'detach', short: 'd' }] : [])],
    rest: 'required',
  }),
  run: (args, world) => execInside(args, world, args.rest),
}

export const shell: Command = {
  spec: () => ({ usage: 'smolvm machine shell [OPTIONS]', options: [nameFlag] }),
  async run(args, world) {
    const record = await reachable(args.one('name') ?? DEFAULT_NAME, world)
    const inside = { command: ['/bin/sh'], user: userOf(world, record), stdin: true, tty: true }
    return runGuest(world, record.name, inside, liveOutput(), null)
  },
}

async function execInside(args: Args, world: World, command: readonly string[]): Promise<number> {
  const record = await reachable(args.one('name') ?? DEFAULT_NAME, world)
  await maskOnce(record, world)
  const tty = args.has('tty')
  const inside = {
    command,
    user: userOf(world, record),
    env: [...record.env, ...pairs(args.all('env'))].map(([key, value]) => `${key}=${value}`),
    workdir: args.one('workdir') ?? record.workdir,
    stdin: args.has('interactive'),
    tty,
  }
  if (args.has('detach')) {
    const detached = ['/bin/sh', '-c', 'setsid "$@" </dev/null >/dev/null 2>&1 & echo $!', 'sh', ...command]
    const { code, stdout, stderr } = await runInside(world, record.name, { ...inside, command: detached, tty: false })
    if (code !== 0) throw agentFailed('exec', stderr.trim())
    world.say(stdout.toString().trim())
    return 0
  }
  const limit = args.one('timeout')
  const output = tty || args.has('stream') ? liveOutput() : heldOutput(world.profile.has('overflow is an error'))
  return runGuest(world, record.name, inside, output, limit === undefined ? null : parseDuration(limit))
}
