/**
 * What each version of smolvm can do, read in its sources and documentation (v0.5.0 to v1.22.2); nothing of it was
 * recorded from a running smolvm yet. The one place that compares versions: everywhere else asks for a capability.
 */

export type SmolvmVersion = `${number}.${number}.${number}`

/** The first version that has it. */
const SINCE = {
  /** State in SQLite; below it nothing of ours works. */
  sqliteState: '0.6.0',
  /** `delete` ends a running machine; `stop` of an unknown name fails; a killed program's code is 128 + signal. */
  deleteStops: '0.8.1',
  /** `--name` on create and delete, where older ones take the name as it stands; `create … -- COMMAND`. */
  namedMachines: '1.0.2',
  /** `exec -i` carries standard input into machines made from images. */
  stdin: '1.0.3',
  /** `create --image <archive>`: no registry, no pack. */
  localImage: '1.1.0',
  /** A policy is enforced on the host's side (virtio-net); below, the record may be there and hold nothing back. */
  enforcedPolicy: '1.1.3',
  /** An address literal as `--allow-host` switches the guest's names off, too. */
  hostFilter: '1.1.3',
  /** `SMOLVM_DATA_DIR` moves smolvm's own things; older ones do not know it. */
  dataDirVariable: '1.2.5',
  /** `create --from` keeps the policy it is given. */
  policyWithFrom: '1.8.0',
  /** `create --label`. */
  labels: '1.8.0',
  /** Files in a packed image keep their owners. */
  packKeepsOwners: '1.8.1',
  /** `pack create --from-vm` of a machine made from a local archive: refused up to 1.9.3, by upstream's word allowed after. */
  packsArchiveMachines: '1.9.4',
} as const satisfies Record<string, SmolvmVersion>

export type Capability = keyof typeof SINCE

/** The oldest that is driven at all. */
export const OLDEST: SmolvmVersion = '0.8.0'
/** From here on a launch needs no switch of the operator. */
export const OLDEST_ENFORCED: SmolvmVersion = SINCE.enforcedPolicy

/** @returns the version in what `smolvm --version` printed; null when it is none */
export function versionIn(printed: string): SmolvmVersion | null {
  const match = /(\d{1,4})\.(\d{1,4})\.(\d{1,4})/.exec(printed)
  return match ? `${Number(match[1])}.${Number(match[2])}.${Number(match[3])}` : null
}

export const can = (version: SmolvmVersion, capability: Capability): boolean => isAtLeast(version, SINCE[capability])

export function isAtLeast(version: SmolvmVersion, oldest: SmolvmVersion): boolean {
  const [ours, theirs] = [version, oldest].map((text) => text.split('.').map(Number)) as [number[], number[]]
  const at = ours.findIndex((part, n) => part !== theirs[n])
  return at === -1 || ours[at]! > theirs[at]!
}

/** What an operator should know of this version, a sentence each. */
export function limitsOf(version: SmolvmVersion): string[] {
  const lacks = (capability: Capability, sentence: string) => (can(version, capability) ? [] : [sentence])
  return [
    ...lacks('enforcedPolicy', 'Its list of allowed addresses is recorded, and by its makers’ word not enforced.'),
    ...lacks('policyWithFrom', 'It drops the list of a machine made from an artifact; the record is corrected by us.'),
    ...lacks('stdin', 'It carries no standard input: files go in by way of the machine’s disk.'),
    ...lacks('localImage', 'It takes images from a registry only: one is run for the time of packing.'),
    ...lacks(
      'packKeepsOwners',
      'Files in a packed image lose their owners; the guest’s home is given back to its user.',
    ),
  ]
}
