import { createHash } from 'node:crypto'
import type { StepOutput } from '../../bottles/step-output.ts'
import type { Docker } from '../../engine/docker.ts'
import { HintedError } from '../../errors.ts'
import { baseImage, idOf } from '../../images/base-image.ts'
import { buildContext } from '../../images/build-context.ts'
import { buildImage } from '../../images/build-image.ts'
import { readExtraCa } from '../../images/extra-ca.ts'
import { followImage } from '../../images/follow-image.ts'
import { imageLabels } from '../../images/image-labels.ts'
import { DEFAULT_BASE_IMAGE } from '../../providers/base-image.ts'

/** What serves for the time of one packing, and what pushes to it. */
export interface RegistryImages {
  registry: { id: string; command: readonly string[] }
  push: { id: string; command(archive: string, target: string): string[] }
}

/**
 * Debian's registry and skopeo on our base: nothing has to be trusted that is not there already. Others, such as
 * `registry` and `crane`, by two settings that name an image with its digest.
 */
export async function registryImages(
  docker: Docker,
  { extraCa, env = process.env }: { extraCa: string | null; env?: NodeJS.ProcessEnv },
  output: StepOutput,
  signal: AbortSignal,
): Promise<RegistryImages> {
  const { BOT_BOTTLE_REGISTRY_IMAGE: registry, BOT_BOTTLE_CRANE_IMAGE: crane } = env
  const pulled = (reference: string) => pinned(docker, reference, output, signal)
  const debian = registry && crane ? null : await debianImage(docker, extraCa, output, signal)
  return {
    registry: registry
      ? { id: await pulled(registry), command: [] }
      : { id: debian!, command: ['docker-registry', 'serve', '/etc/docker/registry/config.yml'] },
    push: crane
      ? { id: await pulled(crane), command: (archive, target) => ['push', '--insecure', archive, target] }
      : { id: debian!, command: skopeo },
  }
}

const skopeo = (archive: string, target: string): string[] => [
  'skopeo',
  '--insecure-policy',
  'copy',
  '--dest-tls-verify=false',
  // It is pulled once, from this machine: less work counts, not less size.
  '--dest-compress-level=1',
  `docker-archive:${archive}`,
  `docker://${target}`,
]

async function pinned(docker: Docker, reference: string, output: StepOutput, signal: AbortSignal): Promise<string> {
  if (!/@sha256:[0-9a-f]{64}$/.test(reference))
    throw new HintedError(
      `${reference} has no digest, so what it names may change.`,
      'Name it with its digest, name@sha256:…, in BOT_BOTTLE_REGISTRY_IMAGE and BOT_BOTTLE_CRANE_IMAGE.',
    )
  const present = await docker.inspectImage(reference)
  if (present) return present.Id
  output.say(`Pulling ${reference}`)
  await followImage(docker.pull(reference, signal), output)
  return idOf(docker, reference)
}

/** Without a password, unlike Debian’s: it is on loopback and a private network, and what pulls from it knows none. */
const CONFIG = `version: 0.1
storage:
  filesystem: {rootdirectory: /var/lib/registry}
http: {addr: ":5000"}
`

const DOCKERFILE = `ARG BASE_IMAGE
FROM $BASE_IMAGE
RUN apt-get update \\
 && apt-get install -y --no-install-recommends docker-registry skopeo \\
 && rm -rf /var/lib/apt/lists/*
COPY config.yml /etc/docker/registry/config.yml
USER 0:0
ENTRYPOINT []
`

async function debianImage(
  docker: Docker,
  extraCa: string | null,
  output: StepOutput,
  signal: AbortSignal,
): Promise<string> {
  const authorities = await readExtraCa(extraCa)
  const base = await baseImage(docker, { reference: DEFAULT_BASE_IMAGE, extraCa: authorities }, output, signal)
  const inputs = createHash('sha256').update(`${base}\n${DOCKERFILE}\n${CONFIG}`).digest('hex')
  const reference = `bot-bottle-registry:${inputs.slice(0, 12)}`
  const present = await docker.inspectImage(reference)
  if (present) return present.Id
  output.say(`Building ${reference}: a registry and what pushes to it, from Debian’s archive`)
  const options = {
    reference,
    dockerfile: 'Dockerfile',
    context: buildContext([
      { name: 'Dockerfile', content: DOCKERFILE },
      { name: 'config.yml', content: CONFIG },
    ]),
    source: { text: DOCKERFILE, shown: 'the Dockerfile of the registry image' },
    buildArgs: { BASE_IMAGE: base },
    labels: imageLabels('registry', inputs),
  }
  await buildImage(docker, options, output, signal)
  return idOf(docker, reference)
}
