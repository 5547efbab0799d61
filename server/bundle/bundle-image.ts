import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { StepOutput } from '../bottles/step-output.ts'
import type { Docker } from '../engine/docker.ts'
import { HintedError } from '../errors.ts'
import { idOf } from '../images/base-image.ts'
import { buildContext } from '../images/build-context.ts'
import { buildImage } from '../images/build-image.ts'
import { imageLabels } from '../images/image-labels.ts'

/** What `npm run build` makes of `docker/bundle/`, one file for each program. */
const BUILT = 'dist/bundle'
const DOCKERFILE = 'docker/bundle/Dockerfile'

/**
 * Makes the image of the sidecar bundle, or finds it: one image for all bottles, cached by what goes in.
 *
 * @param root absolute path of the repository
 * @param base id of the base image
 * @returns the image's id
 */
export async function bundleImage(
  docker: Docker,
  { root, base }: { root: string; base: string },
  output: StepOutput,
  signal: AbortSignal,
): Promise<string> {
  const [files, text] = await Promise.all([builtFiles(root), readFile(path.join(root, DOCKERFILE), 'utf8')])
  const hash = createHash('sha256').update(`${base}\n${text}\n`)
  for (const { name, content } of files) hash.update(`${name}\n${content.length}\n`).update(content)
  const inputs = hash.digest('hex')
  const reference = `bot-bottle-sidecars:${inputs.slice(0, 12)}`
  const present = await docker.inspectImage(reference)
  if (present) {
    output.say(`${reference} is up to date`)
    return present.Id
  }
  output.say(`Building ${reference} from ${DOCKERFILE}`)
  const options = {
    reference,
    dockerfile: 'Dockerfile',
    context: buildContext([{ name: 'Dockerfile', content: text }, ...files]),
    source: { text, shown: DOCKERFILE },
    buildArgs: { BASE_IMAGE: base },
    labels: imageLabels('sidecars', inputs),
  }
  await buildImage(docker, options, output, signal)
  return idOf(docker, reference)
}

/** Every program of the bundle but the probe, which runs in the bottle. */
async function builtFiles(root: string): Promise<{ name: string; content: string }[]> {
  const folder = path.join(root, BUILT)
  const names = await readdir(folder).catch(() => [])
  const programs = names.filter((name) => name.endsWith('.mjs') && name !== 'probe.mjs').sort()
  if (programs.length === 0) {
    throw new HintedError(
      `The programs of the sidecar bundle are not in ${BUILT}.`,
      'Run `npm run build`, then launch again.',
    )
  }
  return Promise.all(programs.map(async (name) => ({ name, content: await readFile(path.join(folder, name), 'utf8') })))
}
