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
 * @param taken IPv4 addresses of this machine; a subnet in which it has one is somebody else's, such as the office's
 * @returns null when all are taken
 */
export function bundleSubnet(slug: string, taken: readonly string[]): BundleSubnet | null {
  const used = new Set(taken.flatMap((address) => (address.startsWith('192.168.') ? [address.split('.')[2]] : [])))
  const start = createHash('sha256').update(slug).digest().readUInt16BE(0)
  for (let step = 0; step < SUBNETS; step++) {
    const n = ((start + step) % SUBNETS) + 1
    if (n === NEVER || used.has(String(n))) continue
    return { subnet: `192.168.${n}.0/24` as Cidr, gateway: `192.168.${n}.1`, bundle: `192.168.${n}.2` }
  }
  return null
}
