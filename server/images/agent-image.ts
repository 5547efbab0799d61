import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { StepOutput } from '../bottles/step-output.ts'
import type { ImagePlan } from '../contract/plan.ts'
import type { Docker } from '../engine/docker.ts'
import { idOf } from './base-image.ts'
import { folderContext } from './build-context.ts'
import { buildImage } from './build-image.ts'
import { IMAGE_LABEL, imageLabels } from './image-labels.ts'

/** A build needs the host's proxies too; the builder keeps these arguments out of the image's history. */
const PROXY_VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY'].flatMap((name) => [
  name,
  name.toLowerCase(),
])

/**
 * Makes the agent's image, or finds it: an image with the same inputs (Dockerfile's folder, arguments, base,
 * authorities) is used as it is.
 *
 * @param file absolute path of the Dockerfile; its folder is the build's context
 * @param base id of the base image
 * @returns the image's id; the bottle runs by id, so that a later build under the same name changes nothing
 */
export async function agentImage(
  docker: Docker,
  { plan, file, base }: { plan: ImagePlan; file: string; base: string },
  output: StepOutput,
  signal: AbortSignal,
): Promise<string> {
  const inputs = createHash('sha256').update(`${plan.digest}\n${base}`).digest('hex')
  const present = await docker.inspectImage(plan.reference)
  if (present?.Config.Labels?.[IMAGE_LABEL.inputs] === inputs) {
    output.say(`${plan.reference} is up to date`)
    return present.Id
  }
  output.say(`Building ${plan.reference} from ${plan.dockerfile}`)
  const options = {
    reference: plan.reference,
    dockerfile: path.basename(file),
    context: folderContext(path.dirname(file)),
    source: { text: await readFile(file, 'utf8'), shown: plan.dockerfile },
    buildArgs: { BASE_IMAGE: base, ...hostNetwork() },
    labels: imageLabels(`agent ${plan.dockerfile}`, inputs),
  }
  await buildImage(docker, options, output, signal)
  return idOf(docker, plan.reference)
}

/** Whether a Dockerfile is built on our base; an operator's may name another. @param file absolute path */
export async function usesBase(file: string): Promise<boolean> {
  return /\bBASE_IMAGE\b/.test(await readFile(file, 'utf8'))
}

function hostNetwork(): Record<string, string> {
  const proxies = PROXY_VARIABLES.map((name) => [name, process.env[name]] as const)
  const registry = ['NPM_CONFIG_REGISTRY', registryOf(process.env)] as const
  return Object.fromEntries([...proxies, registry].filter((pair): pair is [string, string] => pair[1] !== undefined))
}

/** npm's registry where the host has another; never one whose address holds a password, as the image would keep it. */
function registryOf({ npm_config_registry: lower, NPM_CONFIG_REGISTRY: upper }: NodeJS.ProcessEnv): string | undefined {
  const registry = upper ?? lower
  return registry && !registry.includes('@') && !registry.includes('registry.npmjs.org') ? registry : undefined
}
