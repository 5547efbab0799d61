import { Failure } from './failure.ts'

/** First version that has it; sources are in the design paper, section 2. Without a mark: read in upstream's source. */
const FIRST = {
  'delete stops': '0.8.1',
  'stop of unknown fails': '0.8.1',
  'signal codes': '0.8.1',
  'state words': '1.0.0',
  'secret flags': '1.0.0',
  'named machines': '1.0.2',
  'local archives': '1.1.0',
  'enforced by virtio-net': '1.1.3',
  'data dir variable': '1.2.5',
  'detached exec': '1.3.0',
  'pack refuses loopback': '1.3.3',
  'joined processes': '1.4.1',
  'image user': '1.6.0',
  'overflow is an error': '1.6.12',
  'pack refuses ending': '1.7.0',
  'gateway to loopback': '1.7.2',
  'from keeps policy': '1.8.0',
  labels: '1.8.0',
  'egress events': '1.8.1',
  'cp ownership': '1.9.0',
} as const
export type Trait = keyof typeof FIRST

export interface Profile {
  /** `1.9.3` */
  version: string
  has(trait: Trait): boolean
}

/** The contract suite runs on the first and the last; versions between follow the same table. */
export const PROFILES = ['0.8.0', '1.9.3'] as const

/** @param version `FAKE_SMOLVM_PROFILE`, between 0.8.0 and 1.9.3. @throws Failure for another one */
export function profileOf(version: string = PROFILES[1]): Profile {
  const known = /^\d+\.\d+\.\d+$/.test(version) && !before(version, PROFILES[0]) && !before(PROFILES[1], version)
  if (!known) throw new Failure(`FAKE_SMOLVM_PROFILE is ${version}; known are ${PROFILES.join(' to ')}`)
  return { version, has: (trait) => hasTrait(version, trait) }
}

/** Of any version, also of one that the double does not imitate. */
export const hasTrait = (version: string, trait: Trait): boolean => !before(version, FIRST[trait])

function before(a: string, b: string): boolean {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number))
  const n = left!.findIndex((part, index) => part !== right![index])
  return n >= 0 && left![n]! < right![n]!
}
