import { mkdtemp, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import type { StepOutput } from '../../bottles/step-output.ts'
import { Scope } from '../../lib/scope.ts'
import { processMark } from './process-mark.ts'
import { startRegistry } from './registry.ts'
import { saveImage } from './save-image.ts'
import type { SmolmachinesTools } from './tools.ts'

/**
 * Packs an image with a smolvm that takes one from a registry only: archive → a registry of our own for a minute → one
 * push → `smolvm pack create` → registry, network and archive gone, whatever happened.
 *
 * @param file absolute path for the artifact, ending in `.smolmachine`
 */
export async function packImage(
  image: { reference: string; key: string },
  file: string,
  tools: SmolmachinesTools,
  output: StepOutput,
  signal: AbortSignal,
): Promise<void> {
  const scope = new Scope((name, error) => {
    if (error) output.say(`Not removed: ${name} (${String(error)})`)
  })
  try {
    // On the disk where it is going to be, by a name that tells whose work it is (see tidy.ts).
    const folder = await mkdtemp(path.join(path.dirname(file), `.pack-${processMark()}-`))
    scope.defer('folder of the archive', () => rm(folder, { recursive: true, force: true }))
    const archive = path.join(folder, 'image.tar')
    await saveImage(image.reference, archive, tools, output, signal)
    const registry = await startRegistry(scope, tools, output, signal)
    const repository = `bot-bottle/agent:${image.key}`
    output.say(`Pushing ${repository} to a registry that lives for this step`)
    await registry.push(archive, repository, signal)
    await rm(archive)
    output.say('Packing: smolvm boots a machine and pulls the image into it')
    // Every version adds the ending; from 1.7.0 on a name that has it is refused.
    const packed = path.join(folder, 'packed')
    await tools.smolvm.pack(`localhost:${registry.port}/${repository}`, packed, signal)
    await rename(`${packed}.smolmachine`, file)
  } finally {
    await scope.close()
  }
}
