import { lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { Refusal } from './refusal.ts'

/** Azure's metadata address lies in public space, so no range tells it. */
const METADATA = new Set(['168.63.129.16', '100.100.100.200', 'fd00:ec2::254'])
/** What even the operator's own `egress.resolve` may not name. */
const NEVER = new Set(['loopback', 'linkLocal', 'unspecified', 'multicast', 'broadcast', 'reserved'])

const parsed = (address: string) => {
  const ip = ipaddr.process(address) // a mapped IPv4 becomes IPv4
  return { range: ip.range(), text: ip.toNormalizedString() }
}

/** True for an address of the public internet. Private, loopback, link-local, metadata, CGNAT, mapped: false. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const { range, text } = parsed(address)
  return range === 'unicast' && !METADATA.has(text)
}

/** True for what the operator may fix a host to: private addresses too, but nothing that leads back to the host. */
export function isFixableAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const { range, text } = parsed(address)
  return !NEVER.has(range) && !METADATA.has(text)
}

export type Resolver = (host: string) => Promise<readonly { address: string; family: number }[]>

/** Only tests set these: their origins have no public address. */
export interface LookupOptions {
  resolver?: Resolver | undefined
  vet?: ((address: string) => boolean) | undefined
}

const systemResolver: Resolver = (host) =>
  new Promise((resolve, reject) =>
    systemLookup(host, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses))),
  )

/**
 * A `lookup` for upstream connections: resolves once, vets *every* answer and hands on exactly what it vetted, so there
 * is no window for rebinding. Node skips a custom lookup for address literals; `hostName` refuses those before.
 *
 * @param fixed host → address, from `egress.resolve`; the only way to a private address
 */
export function vettedLookup(fixed: Readonly<Record<string, string>>, how: LookupOptions = {}): LookupFunction {
  return (host, options, callback) => {
    vetted(host, fixed, how).then(
      (addresses) => {
        const [first] = addresses
        if (options.all) callback(null, [...addresses])
        else callback(null, first!.address, first!.family)
      },
      (error: unknown) => callback(error as NodeJS.ErrnoException, ''),
    )
  }
}

async function vetted(
  host: string,
  fixed: Readonly<Record<string, string>>,
  { resolver = systemResolver, vet = isPublicAddress }: LookupOptions,
) {
  const pin = Object.hasOwn(fixed, host) ? fixed[host] : undefined
  if (pin !== undefined) {
    if (!isFixableAddress(pin)) throw privateAddress(host)
    return [{ address: pin, family: ipaddr.parse(pin).kind() === 'ipv4' ? 4 : 6 }]
  }
  const addresses = await resolver(host).catch((cause: unknown) => {
    throw Object.assign(new Refusal('upstream', 502, `The name ${host} cannot be resolved.`), { cause })
  })
  // One private answer among public ones is an attack or a split horizon: either way not ours to choose from.
  if (addresses.length === 0 || !addresses.every(({ address }) => vet(address))) throw privateAddress(host)
  return addresses
}

const privateAddress = (host: string) =>
  new Refusal(
    'private-address',
    403,
    `${host} resolves to an address that is not public. The operator can fix it with egress.resolve.`,
  )
