import { lookup } from 'node:dns/promises'
import { isIPv4, isIPv6 } from 'node:net'
import type { Args } from '../cli/parse-args.ts'
import { configFailed } from '../failure.ts'
import { parseCidr } from '../network/cidr.ts'
import type { Profile } from '../profile.ts'
import type { MachineRecord } from '../record/machine.ts'

type Policy = Pick<MachineRecord, 'network' | 'network_backend' | 'allowed_cidrs' | 'dns_filter_hosts'>

/**
 * What the flags ask for. A machine made `--from` an artifact before 1.8.0 gets none of it: the flags are dropped
 * silently, the policy stays open and the network is what the artifact says (finding 0.1).
 *
 * @param packNetwork what the artifact says; null when the machine is not made from one
 * @throws Failure when a host does not resolve, or the backend cannot enforce
 */
export async function createPolicy(args: Args, profile: Profile, packNetwork: boolean | null): Promise<Policy> {
  const policyAsked = ['allow-cidr', 'allow-host', 'outbound-localhost-only'].some((flag) => args.has(flag))
  if (packNetwork !== null && !profile.has('from keeps policy')) {
    return {
      network: args.has('net') || packNetwork,
      network_backend: null,
      allowed_cidrs: null,
      dns_filter_hosts: null,
    }
  }
  const network = args.has('net') || policyAsked || packNetwork === true
  const asked = args.one('net-backend')
  const virtio = profile.has('enforced by virtio-net')
  if (policyAsked && virtio && asked === 'tsi') {
    throw configFailed('create', 'the tsi backend cannot enforce an egress policy, use virtio-net')
  }
  if (policyAsked && !profile.has('named machines') && asked === 'virtio-net') {
    throw configFailed('create', 'virtio-net does not support egress policies')
  }
  const hosts = args.all('allow-host')
  const resolved = await Promise.all(hosts.map(addressesOf))
  const loopback = args.has('outbound-localhost-only') ? ['127.0.0.0/8', '::1/128'] : []
  return {
    network,
    network_backend: asked === 'tsi' || asked === 'virtio-net' ? asked : policyAsked && virtio ? 'virtio-net' : null,
    allowed_cidrs: policyAsked ? [...args.all('allow-cidr').map(parseCidr), ...resolved.flat(), ...loopback] : null,
    dns_filter_hosts: hosts.length > 0 ? hosts : null,
  }
}

/** At create, once: an address that changes later is not followed. */
async function addressesOf(host: string): Promise<string[]> {
  if (isIPv4(host) || isIPv6(host)) return [parseCidr(host)]
  try {
    const found = await lookup(host, { all: true })
    return found.map(({ address }) => parseCidr(address))
  } catch {
    throw configFailed('create', `cannot resolve --allow-host ${host}`)
  }
}
