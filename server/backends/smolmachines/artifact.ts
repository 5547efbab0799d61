import { mkdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { inTurn } from '../../bottles/step-kinds.ts'
import type { StepOutput } from '../../bottles/step-output.ts'
import type { SmolmachinesPlan } from '../../contract/plan.ts'
import { HintedError } from '../../errors.ts'
import { archiveDamage, artifactDamage } from './artifact-check.ts'
import { machineImage } from './machine-image.ts'
import { packImage } from './pack-image.ts'
import { processMark } from './process-mark.ts'
import { saveImage } from './save-image.ts'
import type { MachineOptions } from './smolvm.ts'
import type { SmolmachinesTools } from './tools.ts'

const ENDING = { archive: '.tar', artifact: '.smolmachine' } as const

/** `~/.cache/bot-bottle/smolmachines` */
export const artifactFolder = (cache: string): string => path.join(cache, 'smolmachines')

/**
 * The agent image in the form that this smolvm takes: an archive, or an artifact packed by smolvm itself. Made once for
 * an image, however many launches want it at once, kept under the first 16 hex digits of its id, and made again when it
 * is damaged.
 *
 * @param agent id of the agent image
 */
export function artifact(
  agent: string,
  kind: Kind,
  tools: SmolmachinesTools,
  output: StepOutput,
  signal: AbortSignal,
): Promise<Source> {
  return inTurn(tools.images, `${kind} of ${agent}`, output, signal, () =>
    foundOrMade(agent, kind, tools, output, signal),
  )
}

type Source = NonNullable<MachineOptions['source']>
type Kind = SmolmachinesPlan['artifact']['kind']

async function foundOrMade(
  agent: string,
  kind: Kind,
  tools: SmolmachinesTools,
  output: StepOutput,
  signal: AbortSignal,
): Promise<Source> {
  const image = await machineImage(tools.docker, agent, output, signal)
  const form = kind === 'archive' ? 'archive' : 'artifact'
  const key = image.id.replace(/^sha256:/, '').slice(0, 16)
  const folder = artifactFolder(tools.cache)
  const target = path.join(folder, `${key}${ENDING[form]}`)
  const damageOf = form === 'archive' ? archiveDamage : artifactDamage
  const damage = await damageOf(target)
  if (damage === null) {
    output.say(`${path.basename(target)} is up to date, ${await megabytes(target)}`)
    return { kind: form, path: target }
  }
  if (damage !== 'absent') output.say(`${path.basename(target)} is damaged (${damage}); making it again`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // Beside the target, so that it can be put in place at once.
  const fresh = path.join(folder, `.${key}-${processMark()}${ENDING[form]}`)
  try {
    if (form === 'archive') await saveImage(image.reference, fresh, tools, output, signal)
    else await packImage({ ...image, key }, fresh, tools, output, signal)
    const wrong = await damageOf(fresh)
    if (wrong !== null)
      throw new HintedError(
        `${path.basename(target)} came out damaged (${wrong}).`,
        'Look for a full disk; then launch again.',
      )
    await rename(fresh, target)
  } finally {
    await rm(fresh, { force: true })
  }
  output.say(`${path.basename(target)}: ${await megabytes(target)}`)
  return { kind: form, path: target }
}

const megabytes = async (file: string): Promise<string> => `${Math.round((await stat(file)).size / 1e6)} MB`
