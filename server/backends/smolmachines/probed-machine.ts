import type { ProbedGuest } from '../../bundle/boundary.ts'
import type { BottleSlug } from '../../contract/ids.ts'
import { stateFolder } from '../../engine/tools.ts'
import { HintedError } from '../../errors.ts'
import { proxyOf } from '../../guest/guest-env.ts'
import { readMachineFile } from './machine-file.ts'
import { machineGuest } from './machine-guest.ts'
import type { SmolmachinesTools } from './tools.ts'

/** smolvm's own network in a guest: itself, and the gateway that answers for the host's loopback. */
const GUEST_NETWORK = '100.96.0.0/16'
const GATEWAY = '100.96.0.1'

/** A bottle as the boundary probe needs it, whoever launched it. */
export async function probedMachine(slug: BottleSlug, tools: SmolmachinesTools): Promise<ProbedGuest> {
  const file = await readMachineFile(stateFolder(tools, slug))
  if (!file) throw new HintedError('This bottle’s machine is not known here.', 'Stop the bottle and launch it again.')
  return {
    access: machineGuest(tools.smolvm, file.machine),
    canary: file.canary,
    proxy: proxyOf(file.bundle),
    subnets: [GUEST_NETWORK],
    gateways: [GATEWAY],
  }
}
