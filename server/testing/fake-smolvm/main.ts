import { parseArgs } from './cli/parse-args.ts'
import { UsageError, usageText } from './cli/usage-error.ts'
import { COMMANDS, GROUP_ALIASES } from './commands/index.ts'
import { Failure } from './failure.ts'
import { type Profile, profileOf } from './profile.ts'
import { makeWorld } from './world.ts'

const USAGE = 'smolvm <COMMAND>'

/** @returns the exit code: 2 for arguments that are not taken, 1 for failures of our own, else what the command says */
async function main(argv: readonly string[]): Promise<number> {
  let usage = USAGE
  try {
    const profile = profileOf(process.env.FAKE_SMOLVM_PROFILE)
    if (argv[0] === '--version' || argv[0] === '-V') {
      process.stdout.write(`smolvm ${profile.version}\n`)
      return 0
    }
    const { command, spec, rest } = find(profile, argv)
    usage = spec.usage
    return await command.run(parseArgs(spec, rest), makeWorld(profile))
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(usageText(error.message, usage))
      return 2
    }
    process.stderr.write(
      `Error: ${error instanceof Failure ? error.message : `fake-smolvm broke: ${stackOf(error)}`}\n`,
    )
    return 1
  }
}

function find(profile: Profile, argv: readonly string[]) {
  const [word = '', name = '', ...rest] = argv
  const group = COMMANDS[GROUP_ALIASES[word] ?? word]
  if (!group) throw new UsageError(`unrecognized subcommand '${word}'`)
  const command = group[name]
  const spec = command?.spec(profile)
  if (!command || !spec) throw new UsageError(`unrecognized subcommand '${name}'`)
  return { command, spec, rest }
}

const stackOf = (error: unknown) => (error instanceof Error ? error.stack : String(error))

process.exitCode = await main(process.argv.slice(2))
// Streams of a guest that somebody still holds open must not keep us here.
process.stdout.write('', () => process.stderr.write('', () => process.exit()))
