import type { StepOutput } from '../../bottles/step-output.ts'
import type { FrozenPlan } from '../../contract/plan.ts'
import { HintedError } from '../../errors.ts'
import { artifactDamage } from './artifact-check.ts'
import { sha256Of } from './freeze.ts'
import type { MachineOptions } from './smolvm.ts'

/** The artifact to resume from, read through: it is this one, whole. @throws HintedError when it is not */
export async function frozenSource(
  { reference, digest }: FrozenPlan,
  output: StepOutput,
  signal: AbortSignal,
): Promise<MachineOptions['source']> {
  output.say(`Going on from ${reference}, with the workspace that is in it`)
  const damage = await artifactDamage(reference)
  if (damage === null && `sha256:${await sha256Of(reference, signal)}` === digest)
    return { kind: 'artifact', path: reference }
  throw new HintedError(
    damage === 'absent'
      ? `What the bottle was frozen into, ${reference}, is not there any more.`
      : `What the bottle was frozen into, ${reference}, is not as it was (${damage ?? 'its digest is another one'}).`,
    'It was changed or removed from outside. Launch the agent anew.',
  )
}
