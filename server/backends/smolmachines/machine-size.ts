import type { Limits } from '../../contract/manifest.ts'
import type { MachineSize } from '../../contract/plan.ts'
import { bytesOf } from '../../lib/bytes-of.ts'

const MIB = 2 ** 20
const GIB = 2 ** 30
/** Of a machine that is given no size: read in smolvm's sources. */
const DEFAULT_STORAGE_GIB = 20

/**
 * How large smolvm will make the machine: whole processors, whole GiB of disk. A limit of the disk holds for each of
 * the machine's two, that of its images and that of what is written over its system.
 */
export function machineSize({ cpus, memory, disk }: Limits): MachineSize {
  const diskGiB = disk === null ? null : Math.max(1, Math.ceil(bytesOf(disk) / GIB))
  return {
    cpus: Math.max(1, Math.round(cpus)),
    memoryMiB: Math.max(256, Math.floor(bytesOf(memory) / MIB)),
    storageGiB: diskGiB ?? DEFAULT_STORAGE_GIB,
    // Without a limit smolvm chooses: 10 or 2, by version.
    overlayGiB: diskGiB,
  }
}
