import { createHash } from 'node:crypto'
import { HintedError, messageOf } from '../errors.ts'
import type { Docker } from './docker.ts'

/**
 * /28 networks of 10.209.0.0/16 (internal) and 10.210.0.0/16 (egress). The engine's own pools end after about thirty
 * networks; these are 4096 of each kind.
 */
const SUBNETS = 4096
const ATTEMPTS = 64
const POOL = { internal: 209, egress: 210 } as const

export interface BottleNetwork {
  id: string
  /** In prefix notation. */
  subnet: string
}

interface NetworkRequest {
  name: string
  labels: Readonly<Record<string, string>>
}

/**
 * Makes the network on which only the agent and its bundle are. `internal` alone leaves the host's services reachable
 * through the bridge's own address, so the bridge gets none (`inhibit_ipv4`), and hides no route of the host.
 *
 * @throws HintedError when none of 64 subnets is free
 */
export const createInternalNetwork = (docker: Docker, request: NetworkRequest): Promise<BottleNetwork> =>
  createNetwork(docker, request, 'internal', {
    Internal: true,
    Options: { 'com.docker.network.bridge.inhibit_ipv4': 'true' },
  })

/** Makes the ordinary network by which the bundle, and nobody else, goes out. @throws as the internal one */
export const createEgressNetwork = (docker: Docker, request: NetworkRequest): Promise<BottleNetwork> =>
  createNetwork(docker, request, 'egress', {
    Internal: false,
    Options: { 'com.docker.network.bridge.enable_icc': 'false' },
  })

/**
 * Makes the network of a bundle whose agent is on none of the engine's: an ordinary one in a fixed place, because the
 * plan names its addresses. @throws HintedError when somebody else has that subnet
 */
export async function createBundleNetwork(
  docker: Docker,
  { name, labels }: NetworkRequest,
  { subnet, gateway }: { subnet: string; gateway: string },
): Promise<BottleNetwork> {
  try {
    const network = await docker.createNetwork({
      Name: name,
      Driver: 'bridge',
      CheckDuplicate: true,
      EnableIPv6: false,
      IPAM: { Driver: 'default', Config: [{ Subnet: subnet, Gateway: gateway }] },
      Options: { 'com.docker.network.bridge.enable_icc': 'false' },
      Labels: { ...labels },
    })
    return { id: network.id, subnet }
  } catch (cause) {
    if (!/overlap/i.test(messageOf(cause))) throw cause
    throw new HintedError(
      `The network ${subnet} is in use by another network of the engine.`,
      'Launch again: the next plan takes another one. Or clean leftovers on the system page.',
      { cause },
    )
  }
}

async function createNetwork(
  docker: Docker,
  { name, labels }: NetworkRequest,
  pool: keyof typeof POOL,
  kind: { Internal: boolean; Options: Record<string, string> },
): Promise<BottleNetwork> {
  for (const subnet of candidates(name, pool)) {
    try {
      const network = await docker.createNetwork({
        Name: name,
        Driver: 'bridge',
        CheckDuplicate: true,
        EnableIPv6: false,
        IPAM: { Driver: 'default', Config: [{ Subnet: subnet }] },
        Labels: { ...labels },
        ...kind,
      })
      return { id: network.id, subnet }
    } catch (error) {
      if (!/overlap/i.test(messageOf(error))) throw error
    }
  }
  throw new HintedError(
    `No free network was found for the bottle: ${ATTEMPTS} subnets of 10.${POOL[pool]}.0.0/16 are taken.`,
    'Stop bottles that are no longer needed, or clean leftovers on the system page.',
  )
}

/** Subnets in the order to try them: where a bottle begins follows from its name, so that two rarely meet. */
export function* candidates(name: string, pool: keyof typeof POOL): Generator<string> {
  const start = createHash('sha256').update(name).digest().readUInt16BE(0)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // An odd stride visits every subnet before it repeats one.
    const n = (start + attempt * 1237) % SUBNETS
    yield `10.${POOL[pool]}.${n >> 4}.${(n & 15) << 4}/28`
  }
}
