import type { SmolvmFacts } from '../../bottles/machine-facts.ts'
import type { Limits } from '../../contract/manifest.ts'
import type { MachineAddressing, MachineSize, PlanNotice } from '../../contract/plan.ts'
import { aliasCommand, aliasesOf } from './addressing.ts'
import { OLDEST_ENFORCED } from './capabilities.ts'

export const noSubnet: PlanNotice = {
  code: 'no-subnet',
  message: 'Every network from 192.168.1.0/24 to 192.168.254.0/24 has an address of this machine in it.',
  fix: 'Stop bottles that are no longer needed.',
}

/** What must be put right before a machine can be launched. */
export function machineBlockers(smolvm: SmolvmFacts | null, { kind }: MachineAddressing): PlanNotice[] {
  if (!smolvm)
    return [
      {
        code: 'smolvm-missing',
        message: 'A micro-VM needs the program smolvm, which is not installed here or does not answer.',
        fix: `Install smolvm ${OLDEST_ENFORCED} or newer, or choose the Docker container.`,
      },
    ]
  const unenforced: PlanNotice = {
    code: 'smolvm-unenforced',
    message: `smolvm ${smolvm.version} records which addresses a machine may reach, and does not enforce it, by its makers’ word.`,
    fix: `Install smolvm ${OLDEST_ENFORCED} or newer. Or set BOT_BOTTLE_UNENFORCED_SMOLVM=1 and start the server again: then a machine starts where the boundary probe is green all the same.`,
  }
  return [
    ...(smolvm.enforcesPolicy || smolvm.unenforcedAllowed ? [] : [unenforced]),
    ...(kind === 'routable' ? [] : noAlias(smolvm, aliasesOf(kind))),
  ]
}

/** One address is enough for one bottle; the command adds all that are missing. */
const noAlias = ({ absentAliases }: SmolvmFacts, pool: readonly string[]): PlanNotice[] =>
  absentAliases.length < pool.length
    ? []
    : [
        {
          code: 'no-alias',
          message: `A machine finds its bundle at an address from ${pool[0]} to ${pool.at(-1)}, of which this computer has none.`,
          fix: `${aliasCommand(absentAliases)} – then check again on the system page.`,
        },
      ]

/** What the operator should know of a machine that can be launched. */
export function machineWarnings(
  smolvm: SmolvmFacts | null,
  { kind, unverified }: MachineAddressing,
  limits: Limits,
  size: MachineSize,
): PlanNotice[] {
  const unenforced: PlanNotice = {
    code: 'smolvm-unenforced',
    message: `smolvm ${smolvm?.version} may not enforce what a machine may reach: the agent starts only if the boundary probe is green.`,
    fix: `Install smolvm ${OLDEST_ENFORCED} or newer.`,
  }
  const shared: PlanNotice = {
    code: 'alias-shared',
    message:
      'The machine finds its bundle at an address of this computer, and smolvm’s list has no ports: a service here that listens on every address (0.0.0.0) can be reached there, too.',
    fix: 'Let your services listen on 127.0.0.1 only, which stays out of reach; or choose the Docker container.',
  }
  const untried: PlanNotice = {
    code: 'addressing-unverified',
    message: 'Nobody has run a micro-VM of ours on a Mac yet: the way to the bundle was tried on a double, on Linux.',
    fix: 'The agent starts only if the boundary probe is green. Tell us how it went.',
  }
  const whole: PlanNotice = {
    code: 'whole-cpus',
    message: `limits.cpus (${limits.cpus}) becomes ${size.cpus}: smolvm gives whole processors.`,
    fix: 'Write a whole number.',
  }
  return [
    ...(smolvm?.unenforcedAllowed && !smolvm.enforcesPolicy ? [unenforced] : []),
    ...(kind === 'routable' ? [] : [shared]),
    ...(unverified ? [untried] : []),
    ...(size.cpus === limits.cpus ? [] : [whole]),
  ]
}
