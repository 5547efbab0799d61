import type { MachineFacts } from '../../bottles/machine-facts.ts'
import type { Cidr } from '../../contract/ids.ts'
import type { SmolmachinesPlan } from '../../contract/plan.ts'
import { internalNetworkName, sidecarsName } from '../../engine/names.ts'
import { deepFreeze } from '../../lib/deep-freeze.ts'
import type { ResolvedRequest } from '../../manifest/request.ts'
import { basePlan } from '../base-plan.ts'
import { addressingFor, POOLS } from './addressing.ts'
import { can, OLDEST, type SmolvmVersion } from './capabilities.ts'
import { freezable } from './freezable.ts'
import { machineSize } from './machine-size.ts'
import { machineName } from './names.ts'
import { machineBlockers, machineWarnings, noSubnet } from './plan-notices.ts'
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
  const found = bundleSubnet(slug, [...(facts.networks ?? []), ...(smolvm?.engineNetworks ?? [])])
  const { subnet, gateway, bundle } = found ?? NO_SUBNET
  const addressing = addressingFor(smolvm ?? { version: OLDEST, platform: 'linux' })
  const size = machineSize(common.limits)
  const kind = smolvm && !can(smolvm.version as SmolvmVersion, 'enforcedPolicy') ? 'pack' : 'archive'
  return deepFreeze<SmolmachinesPlan>({
    ...common,
    blockers: [...common.blockers, ...(found ? [] : [noSubnet]), ...machineBlockers(smolvm, addressing)],
    warnings: [...common.warnings, ...machineWarnings(smolvm, addressing, common.limits, size)],
    backend: 'smolmachines',
    machine: machineName(slug),
    sidecars: sidecarsName(slug),
    network: internalNetworkName(slug),
    bundleSubnet: subnet,
    gateway,
    bundleAddress: bundle,
    addressing,
    allowCidrs: [addressing.kind === 'routable' ? (`${bundle}/32` as Cidr) : POOLS[addressing.kind]],
    size,
    artifact: {
      kind,
      key: 'first 16 hex digits of the image id',
    },
    smolvm: smolvm?.version ?? null,
    ...freezable(kind, (smolvm?.version ?? null) as SmolvmVersion | null),
  })
}
