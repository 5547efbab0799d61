import type { ProbedGuest } from '../../bundle/boundary.ts'
import type { BottleSlug } from '../../contract/ids.ts'
import { proxyOf } from '../../guest/guest-env.ts'
import { type AliasKind, aliasesOf, POOLS } from './addressing.ts'
import { type MachineFile, machineFileOf } from './machine-file.ts'
import { machineGuest } from './machine-guest.ts'
import type { SmolmachinesTools } from './tools.ts'

/** smolvm's own network in a guest: itself, and the gateway that answers for the host's loopback. */
const GUEST_NETWORK = '100.96.0.0/16'
const GATEWAY = '100.96.0.1'
const POOLED = Object.keys(POOLS).map((kind) => aliasesOf(kind as AliasKind))

/** A bottle as the boundary probe needs it, whoever launched it. */
export async function probedMachine(slug: BottleSlug, tools: SmolmachinesTools): Promise<ProbedGuest> {
  const file = await machineFileOf(slug, tools)
  return {
    access: machineGuest(tools.smolvm, file),
    canary: file.canary,
    proxy: proxyOf(file.bundle),
    subnets: [GUEST_NETWORK],
    // Under TSI the guest's 127/8 may be the host's, with its services.
    gateways: [GATEWAY, '127.0.0.1', ...neighbours(file)],
  }
}

/** Where bundles of other bottles may be published, beside that of this one. */
const neighbours = ({ alias }: MachineFile): string[] =>
  POOLED.filter((pool) => alias !== null && pool.includes(alias))
    .flat()
    .filter((address) => address !== alias)
