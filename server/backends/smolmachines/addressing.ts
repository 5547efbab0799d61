import type { SmolvmFacts } from '../../bottles/machine-facts.ts'
import type { Cidr } from '../../contract/ids.ts'
import type { MachineAddressing } from '../../contract/plan.ts'
import { can, type SmolvmVersion } from './capabilities.ts'

export type AliasKind = Exclude<MachineAddressing['kind'], 'routable'>

/** Sixteen addresses each, one for a bottle. The private ones are beside those of the docker backend's networks. */
export const POOLS: Readonly<Record<AliasKind, Cidr>> = {
  'loopback-alias': '127.0.0.16/28',
  'private-alias': '10.211.0.16/28',
}
const FIRST = 16
const LAST = 31

/**
 * How a machine finds its bundle. On Linux the host has a route to the bundle's own address, which is the narrowest:
 * nothing else is there. On a Mac containers are in a machine of their own, so the ports are published here: under TSI
 * (below 1.1.3) the guest dials the host's loopback itself; from then on 127/8 is the guest's own.
 */
export function addressingFor({ version, platform }: Pick<SmolvmFacts, 'version' | 'platform'>): MachineAddressing {
  if (platform !== 'darwin') return { kind: 'routable', unverified: false }
  const kind = can(version as SmolvmVersion, 'enforcedPolicy') ? 'private-alias' : 'loopback-alias'
  return { kind, unverified: true }
}

/** Addresses of a pool, in the order in which they are given out. */
export function aliasesOf(kind: AliasKind): string[] {
  const base = POOLS[kind].replace(/\.\d+\/\d+$/, '')
  return Array.from({ length: LAST - FIRST + 1 }, (_, n) => `${base}.${FIRST + n}`)
}

/** One command, hence one prompt of sudo, for all that are missing. They are gone after a restart of the machine. */
export function aliasCommand(missing: readonly string[]): string {
  return `sudo sh -c 'for a in ${missing.join(' ')}; do ifconfig lo0 alias $a 255.255.255.255; done'`
}
