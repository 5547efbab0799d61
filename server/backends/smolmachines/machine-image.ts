import { createHash } from 'node:crypto'
import type { StepOutput } from '../../bottles/step-output.ts'
import type { Docker } from '../../engine/docker.ts'
import { idOf } from '../../images/base-image.ts'
import { buildContext } from '../../images/build-context.ts'
import { buildImage } from '../../images/build-image.ts'
import { imageLabels } from '../../images/image-labels.ts'

/**
 * What a machine starts by itself is the image's own command on some versions of smolvm and nothing on others: here it
 * is idle on all. Programs are run as root by exec, which has no flag for a user; ours step down to the guest's.
 */
const DOCKERFILE = `ARG AGENT_IMAGE
FROM $AGENT_IMAGE
USER 0:0
ENTRYPOINT []
CMD ["sleep", "infinity"]
`

/**
 * Makes the image that a machine is made of, or finds it: the agent's, with another start and no other file.
 *
 * @param agent id of the agent image
 * @returns its id and a name under which it can be saved
 */
export async function machineImage(
  docker: Docker,
  agent: string,
  output: StepOutput,
  signal: AbortSignal,
): Promise<{ id: string; reference: string }> {
  const inputs = createHash('sha256').update(`${agent}\n${DOCKERFILE}`).digest('hex')
  const reference = `bot-bottle-machine:${inputs.slice(0, 12)}`
  const present = await docker.inspectImage(reference)
  if (present) return { id: present.Id, reference }
  output.say(`Building ${reference}: the agent image with an idle start`)
  const options = {
    reference,
    dockerfile: 'Dockerfile',
    context: buildContext([{ name: 'Dockerfile', content: DOCKERFILE }]),
    source: { text: DOCKERFILE, shown: 'the Dockerfile of the machine image' },
    buildArgs: { AGENT_IMAGE: agent },
    labels: imageLabels('machine', inputs),
  }
  await buildImage(docker, options, output, signal)
  return { id: await idOf(docker, reference), reference }
}
