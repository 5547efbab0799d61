import type { SmolmachinesPlan } from '../../contract/plan.ts'
import { can, type SmolvmVersion } from './capabilities.ts'

/** Whether this smolvm can pack such a machine again. @returns why not and what to do, as a part of the plan */
export function freezable(
  kind: SmolmachinesPlan['artifact']['kind'],
  version: SmolvmVersion | null,
): Pick<SmolmachinesPlan, 'cannotFreeze'> {
  if (kind === 'pack' || version === null || can(version, 'packsArchiveMachines')) return {}
  return {
    cannotFreeze: `smolvm ${version} makes its machines from an archive of the image, and cannot pack such a machine again. Use a smolvm after 1.9.3, or the Docker container, for a bottle that should last.`,
  }
}
