import { createHash } from 'node:crypto'
import type { StepOutput } from '../bottles/step-output.ts'
import type { Docker } from '../engine/docker.ts'
import { messageOf } from '../errors.ts'
import { DEFAULT_BASE_IMAGE } from '../providers/base-image.ts'
import { buildContext } from './build-context.ts'
import { buildImage } from './build-image.ts'
import { buildDebianBase, DEBIAN_BASE } from './debian-base.ts'
import type { ExtraCa } from './extra-ca.ts'
import { followImage } from './follow-image.ts'
import { imageLabels } from './image-labels.ts'

/** Of every image that has the host's extra authorities. */
export const GUEST_EXTRA_CA = '/usr/local/share/bot-bottle/extra-ca.pem'

/**
 * Makes the image that agent images are built on: the one named if the engine has it or can pull it, else our own from
 * Debian's archive; with the host's extra authorities on top where there are any.
 *
 * @returns the image's id
 */
export async function baseImage(
  docker: Docker,
  { reference, extraCa }: { reference: string; extraCa: ExtraCa },
  output: StepOutput,
  signal: AbortSignal,
): Promise<string> {
  const plain = await presentOrMade(docker, reference, output, signal)
  return extraCa.certificates.length === 0 ? plain : withExtraCa(docker, plain, extraCa, output, signal)
}

async function presentOrMade(
  docker: Docker,
  reference: string,
  output: StepOutput,
  signal: AbortSignal,
): Promise<string> {
  const replaceable = reference === DEFAULT_BASE_IMAGE
  for (const candidate of replaceable ? [reference, DEBIAN_BASE] : [reference]) {
    const present = await docker.inspectImage(candidate)
    if (present) {
      output.say(`${candidate} is here already`)
      return present.Id
    }
  }
  try {
    output.say(`Pulling ${reference}`)
    await followImage(docker.pull(reference, signal), output)
    return await idOf(docker, reference)
  } catch (error) {
    signal.throwIfAborted()
    if (!replaceable) throw error
    output.say(`${reference} cannot be pulled: ${messageOf(error)}`)
  }
  await buildDebianBase(docker, output, signal)
  return idOf(docker, DEBIAN_BASE)
}

/**
 * One layer on top of any base, so that neither our Dockerfiles nor an operator's need to know of it. A base without
 * the package `ca-certificates` (the official slim one) takes the authorities in when that package is installed.
 */
async function withExtraCa(
  docker: Docker,
  base: string,
  extraCa: ExtraCa,
  output: StepOutput,
  signal: AbortSignal,
): Promise<string> {
  const inputs = createHash('sha256').update(`${base}\n${extraCa.digest}\n${DOCKERFILE}`).digest('hex')
  const reference = `bot-bottle-base:ca-${inputs.slice(0, 12)}`
  const present = await docker.inspectImage(reference)
  if (present) return present.Id
  output.say(`Adding ${extraCa.certificates.length} certificate authorities of this machine`)
  const folder = 'certificates'
  const context = buildContext([
    { name: 'Dockerfile', content: DOCKERFILE },
    { name: 'extra-ca.pem', content: extraCa.certificates.join('') },
    ...extraCa.certificates.map((content, n) => ({ name: `${folder}/bot-bottle-${n + 1}.crt`, content })),
  ])
  const labels = imageLabels('base', inputs)
  const source = { text: DOCKERFILE, shown: 'the Dockerfile of the base image' }
  const options = { context, source, reference, dockerfile: 'Dockerfile', buildArgs: { BASE_IMAGE: base }, labels }
  await buildImage(docker, options, output, signal)
  return idOf(docker, reference)
}

const DOCKERFILE = `ARG BASE_IMAGE
FROM $BASE_IMAGE
COPY certificates/ /usr/local/share/ca-certificates/
COPY extra-ca.pem ${GUEST_EXTRA_CA}
ENV NODE_EXTRA_CA_CERTS=${GUEST_EXTRA_CA}
RUN if command -v update-ca-certificates >/dev/null; then update-ca-certificates; fi
`

export async function idOf(docker: Docker, reference: string): Promise<string> {
  const image = await docker.inspectImage(reference)
  if (!image) throw new Error(`The engine does not have ${reference}, though it was just made.`)
  return image.Id
}
