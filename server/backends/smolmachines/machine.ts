import type { SmolmachinesPlan } from '../../contract/plan.ts'
import { homeHash, LABEL } from '../../engine/names.ts'
import { can } from './capabilities.ts'
import { forcePolicy, recordsFile } from './policy.ts'
import type { MachineOptions, Smolvm } from './smolvm.ts'

interface MachineParts extends Pick<MachineOptions, 'source' | 'env' | 'allowCidrs'> {
  home: string
}

/**
 * Makes the machine with all that it may reach, and does not start it. Where this smolvm drops the list of a machine
 * made from an artifact, its record is corrected and read back.
 *
 * @throws HintedError when the list cannot be seen to be there; the machine must not be started then
 */
export async function createMachine(
  { machine, slug, size }: Pick<SmolmachinesPlan, 'machine' | 'slug' | 'size'>,
  { source, env, allowCidrs, home }: MachineParts,
  smolvm: Smolvm,
  signal: AbortSignal,
): Promise<void> {
  const options: MachineOptions = {
    source,
    allowCidrs,
    env,
    ...size,
    labels: { [LABEL.slug]: slug, [LABEL.home]: homeHash(home) },
  }
  await smolvm.create(machine, options, signal)
  const version = await smolvm.version()
  if (source?.kind === 'artifact' && !can(version, 'policyWithFrom'))
    await forcePolicy(machine, allowCidrs, recordsFile(version, smolvm.environment))
}
