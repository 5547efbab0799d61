import type { MachineFacts, SmolvmFacts } from '../../bottles/machine-facts.ts'
import type { Cidr } from '../../contract/ids.ts'
import type { PlanNotice, SmolmachinesPlan } from '../../contract/plan.ts'
import { internalNetworkName, sidecarsName } from '../../engine/names.ts'
import { deepFreeze } from '../../lib/deep-freeze.ts'
import type { ResolvedRequest } from '../../manifest/request.ts'
import { basePlan } from '../base-plan.ts'
import { can, OLDEST_ENFORCED, type SmolvmVersion } from './capabilities.ts'
import { freezable } from './freezable.ts'
import { machineName } from './names.ts'
import { bundleSubnet } from './subnet.ts'

/** Shown when there is no subnet: the plan cannot be launched then, but can be read. */
const NO_SUBNET = { subnet: '192.168.0.0/24' as Cidr, gateway: '192.168.0.1', bundle: '192.168.0.2' }

/**
 * Everything that a launch in a micro-VM will do: plain JSON, deep-frozen, without secrets.
 * Touches nothing but files (`planning-touches-nothing` in .dependency-cruiser.mjs proves it).
 *
 * @returns the same plan for the same request, facts and files; what must be fixed first is in `blockers`
 */
export async function plan(request: ResolvedRequest, facts: MachineFacts): Promise<SmolmachinesPlan> {
  const common = await basePlan(request, facts)
  const { slug } = common
  const smolvm = facts.smolvm ?? null
  const found = bundleSubnet(slug, facts.networks ?? [])
  const { subnet, gateway, bundle } = found ?? NO_SUBNET
  const kind = smolvm && !can(smolvm.version as SmolvmVersion, 'enforcedPolicy') ? 'pack' : 'archive'
  return deepFreeze<SmolmachinesPlan>({
    ...common,
    blockers: [...common.blockers, ...(found ? [] : [noSubnet]), ...missing(smolvm)],
    warnings: [...common.warnings, ...weak(smolvm)],
    backend: 'smolmachines',
    machine: machineName(slug),
    sidecars: sidecarsName(slug),
    network: internalNetworkName(slug),
    bundleSubnet: subnet,
    gateway,
    bundleAddress: bundle,
    allowCidrs: [`${bundle}/32` as Cidr],
    artifact: {
      kind,
      key: 'first 16 hex digits of the image id',
    },
    smolvm: smolvm?.version ?? null,
    ...freezable(kind, (smolvm?.version ?? null) as SmolvmVersion | null),
  })
}

const noSubnet: PlanNotice = {
  code: 'no-subnet',
  message: 'Every network from 192.168.1.0/24 to 192.168.254.0/24 has an address of this machine in it.',
  fix: 'Stop bottles that are no longer needed.',
}

function missing(smolvm: SmolvmFacts | null): PlanNotice[] {
  if (!smolvm)
    return [
      {
        code: 'smolvm-missing',
        message: 'A micro-VM needs the program smolvm, which is not installed here or does not answer.',
        fix: `Install smolvm ${OLDEST_ENFORCED} or newer, or choose the Docker container.`,
      },
    ]
  if (smolvm.enforcesPolicy || smolvm.unenforcedAllowed) return []
  return [
    {
      code: 'smolvm-unenforced',
      message: `smolvm ${smolvm.version} records which addresses a machine may reach, and does not enforce it, by its makers’ word.`,
      fix: `Install smolvm ${OLDEST_ENFORCED} or newer. Or set BOT_BOTTLE_UNENFORCED_SMOLVM=1 and start the server again: then a machine starts where the boundary probe is green all the same.`,
    },
  ]
}

function weak(smolvm: SmolvmFacts | null): PlanNotice[] {
  if (!smolvm?.unenforcedAllowed || smolvm.enforcesPolicy) return []
  return [
    {
      code: 'smolvm-unenforced',
      message: `smolvm ${smolvm.version} may not enforce what a machine may reach: the agent starts only if the boundary probe is green.`,
      fix: `Install smolvm ${OLDEST_ENFORCED} or newer.`,
    },
  ]
}
