import type { LaunchRun } from '../bottles/steps.ts'
import { EGRESS_PORT } from '../contract/bundle.ts'
import type { CommonPlan } from '../contract/plan.ts'
import type { Docker } from '../engine/docker.ts'
import type { BottleNetwork } from '../engine/networks.ts'
import type { EngineTools } from '../engine/tools.ts'
import { HintedError } from '../errors.ts'
import { readTableFile, tableFolder, tableOf, tableText, writeTableFile } from '../sidecars/egress/table-file.ts'
import { type BundleFoundation, bundleInput } from './bundle-input.ts'
import { DockerBundle } from './docker-bundle.ts'
import { keepCanary } from './kept-canary.ts'
import { keepRecipe } from './kept-recipe.ts'
import { makeBundle } from './make-bundle.ts'

/** What a bundle needs to know besides the plan. */
export interface SidecarParts extends BundleFoundation {
  /** Id of the bundle's image. */
  image: string
  /** Where the guest finds the bundle, and the network by which it goes out where that is another one. */
  networks: { internal: BottleNetwork; egress: BottleNetwork | null }
  /** Address of this machine on which its ports are published, where the guest reaches it by that one. */
  published?: string | null
  /** Absolute path of `state/<slug>`. */
  stateFolder: string
}

/**
 * Brings the bundle up: routes in their folder, container on both networks, secrets on its standard input.
 * @returns where the engine says that egress was published; null where it was not to be
 * @throws HintedError when a daemon does not come up
 */
export async function startSidecars(
  plan: Pick<CommonPlan, 'slug' | 'egress'>,
  secrets: Pick<LaunchRun, 'tokens' | 'secrets'>,
  parts: SidecarParts,
  tools: EngineTools,
  signal: AbortSignal,
): Promise<string | null> {
  const { docker } = tools
  const { image, address, published = null } = parts
  const { internal, egress } = parts.networks
  const routesFolder = tableFolder(parts.stateFolder)
  // As a rule it is there already, prepared with the launch: closed, where the operator closed the way out of all.
  if ((await readTableFile(routesFolder)) === null) await writeTableFile(routesFolder, tableText(tableOf(plan.egress)))
  const recipe = { image, address, internal: internal.id, egress: egress?.id ?? null, published }
  await Promise.all([keepCanary(parts.stateFolder, parts.canary), keepRecipe(parts.stateFolder, recipe)])
  const container = await makeBundle(plan.slug, recipe, tools)
  await docker.startContainer(container)
  await new DockerBundle(docker, container).handOver(bundleInput(parts, secrets), signal)
  return published ? publishedAddress(docker, container) : null
}

/** Of egress, as the engine has it. @throws HintedError when it is nowhere, or at another port */
async function publishedAddress(docker: Docker, container: string): Promise<string> {
  const ports = (await docker.inspectContainer(container))?.NetworkSettings.Ports
  const [binding] = ports?.[`${EGRESS_PORT}/tcp`] ?? []
  if (binding?.HostPort === String(EGRESS_PORT)) return binding.HostIp
  throw new HintedError('The engine did not publish the bundle’s port.', 'Launch again; look at the engine’s own log.')
}
