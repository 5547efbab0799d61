import { createHash } from 'node:crypto'
import type { Cidr } from '../../contract/ids.ts'

/** `192.168.17.0/24` is what smolvm's own examples use. */
const NEVER = 17
const SUBNETS = 254

/** The network on which a bottle's bundle is. */
export interface BundleSubnet {
  subnet: Cidr
  /** The host's own address there. */
  gateway: string
  bundle: string
}

/**
 * The first free one of the 253, beginning where the slug says, so that two bottles rarely ask for the same.
 *
 * @param taken addresses of this machine with the size of their networks, such as the office's or those of the engine
 * @returns null when all are taken
 */
export function bundleSubnet(slug: string, taken: readonly Cidr[]): BundleSubnet | null {
  const used = taken.map(rangeOf)
  const start = createHash('sha256').update(slug).digest().readUInt16BE(0)
  for (let step = 0; step < SUBNETS; step++) {
    const n = ((start + step) % SUBNETS) + 1
    const subnet = `192.168.${n}.0/24` as Cidr
    const ours = rangeOf(subnet)
    if (n === NEVER || used.some(({ first, last }) => first <= ours.last && ours.first <= last)) continue
    return { subnet, gateway: `192.168.${n}.1`, bundle: `192.168.${n}.2` }
  }
  return null
}

/** First and last address of a network, as numbers. */
function rangeOf(network: Cidr): { first: number; last: number } {
  const [address = '', length = '32'] = network.split('/')
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const size = 2 ** (32 - Number(length))
  const first = Math.floor(number / size) * size
  return { first, last: first + size - 1 }
}
