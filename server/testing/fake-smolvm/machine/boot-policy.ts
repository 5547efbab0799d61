import type { Knobs } from '../knobs.ts'
import { isLoopback } from '../network/cidr.ts'
import type { Policy } from '../network/rules.ts'
import type { Profile } from '../profile.ts'
import type { MachineRecord } from '../record/machine.ts'

const TSI_RESOLVER = '1.1.1.1/32'

/**
 * What is enforced at a boot, from the record as it is now: whoever changed `allowed_cidrs` in it changed the policy.
 *
 * @returns null for a machine without network
 */
export function bootPolicy(record: MachineRecord, profile: Profile, knobs: Knobs): Policy | null {
  const list = record.allowed_cidrs
  if (!record.network && list === null) return null
  const allowed = knobs.unenforced ? null : list
  if (profile.has('enforced by virtio-net')) {
    // A filter of names answers with NXDOMAIN for all that is not on it; here nothing answers. Addresses need no names.
    return {
      allowed,
      dns: record.dns_filter_hosts === null,
      hostLoopback: profile.has('gateway to loopback'),
      sharedLoopback: false,
    }
  }
  const resolver = allowed?.every(isLoopback) ? [] : [TSI_RESOLVER]
  return { allowed: allowed && [...allowed, ...resolver], dns: false, hostLoopback: false, sharedLoopback: true }
}
