import { addressesIn } from '../../bundle/addresses.ts'
import type { ProbedGuest } from '../../bundle/boundary.ts'
import type { BottleSlug } from '../../contract/ids.ts'
import { homeHash, internalNetworkName, LABEL } from '../../engine/names.ts'
import type { EngineTools } from '../../engine/tools.ts'
import { HintedError } from '../../errors.ts'
import { CANARY_VARIABLE, proxyOf } from '../../guest/guest-env.ts'
import { containerGuest } from './container-guest.ts'

/** A bottle as the boundary probe needs it, whoever launched it: everything is asked of the engine. */
export async function probedGuest(slug: BottleSlug, container: string, tools: EngineTools): Promise<ProbedGuest> {
  const [internal, canary] = await Promise.all([internalSubnet(slug, tools), canaryOf(container, tools)])
  return {
    access: containerGuest(tools.docker, container),
    canary,
    proxy: proxyOf(addressesIn(internal).bundle),
    subnets: [internal],
  }
}

async function internalSubnet(slug: BottleSlug, { docker, home }: EngineTools): Promise<string> {
  const networks = await docker.listNetworks([`${LABEL.home}=${homeHash(home)}`, `${LABEL.slug}=${slug}`])
  const subnet = networks.find(({ Name }) => Name === internalNetworkName(slug))?.IPAM?.Config?.[0]?.Subnet
  if (!subnet) throw new HintedError('The network of this bottle is gone.', 'Stop the bottle and launch it again.')
  return subnet
}

/** The canary means nothing, so it may stand in the container's configuration, where it outlives this server. */
async function canaryOf(container: string, { docker }: EngineTools): Promise<string> {
  const facts = await docker.inspectContainer(container)
  const variable = facts?.Config.Env.find((entry) => entry.startsWith(`${CANARY_VARIABLE}=`))
  if (!variable)
    throw new HintedError('This bottle has no canary.', 'It was launched by an older version: launch it again.')
  return variable.slice(CANARY_VARIABLE.length + 1)
}
