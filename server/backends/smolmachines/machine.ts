import type { SmolmachinesPlan } from '../../contract/plan.ts'
import { homeHash, LABEL } from '../../engine/names.ts'
import { can } from './capabilities.ts'
import { forcePolicy, recordsFile } from './policy.ts'
import type { MachineOptions, Smolvm } from './smolvm.ts'

interface MachineParts extends Pick<MachineOptions, 'source' | 'env'> {
  home: string
  cpus: number
  memoryBytes: number
  diskBytes: number | null
}

/**
 * Makes the machine with all that it may reach, and does not start it. Where this smolvm drops the list of a machine
 * made from an artifact, its record is corrected and read back.
 *
 * @throws HintedError when the list cannot be seen to be there; the machine must not be started then
 */
export async function createMachine(
  { machine, slug, allowCidrs }: Pick<SmolmachinesPlan, 'machine' | 'slug' | 'allowCidrs'>,
  { source, env, home, cpus, memoryBytes, diskBytes }: MachineParts,
  smolvm: Smolvm,
  signal: AbortSignal,
): Promise<void> {
  const options: MachineOptions = {
    source,
    allowCidrs,
    env,
    cpus: Math.max(1, Math.round(cpus)),
    memoryMiB: Math.max(256, Math.floor(memoryBytes / 2 ** 20)),
    storageGiB: diskBytes === null ? null : Math.max(1, Math.ceil(diskBytes / 2 ** 30)),
    labels: { [LABEL.slug]: slug, [LABEL.home]: homeHash(home) },
  }
  await smolvm.create(machine, options, signal)
  const version = await smolvm.version()
  if (source.kind === 'artifact' && !can(version, 'policyWithFrom'))
    await forcePolicy(machine, allowCidrs, recordsFile(version, smolvm.environment))
}
