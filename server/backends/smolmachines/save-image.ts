import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { StepOutput } from '../../bottles/step-output.ts'
import type { SmolmachinesTools } from './tools.ts'

/** Writes an archive of an image. @param file absolute path; half of it is left when it fails */
export async function saveImage(
  reference: string,
  file: string,
  { docker }: Pick<SmolmachinesTools, 'docker'>,
  output: StepOutput,
  signal: AbortSignal,
): Promise<void> {
  output.say(`Saving ${reference}`)
  let done = 0
  const saved = await docker.saveImage(reference)
  saved.on('data', (chunk: Buffer) => {
    done += chunk.length
    output.progress({ unit: 'bytes', done, total: done })
  })
  await pipeline(saved, createWriteStream(file, { mode: 0o600 }), { signal })
}
