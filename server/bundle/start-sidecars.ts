import type { LaunchRun } from '../bottles/steps.ts'
import type { CommonPlan } from '../contract/plan.ts'
import type { BottleNetwork } from '../engine/networks.ts'
import type { EngineTools } from '../engine/tools.ts'
import { readTableFile, tableFolder, tableOf, tableText, writeTableFile } from '../sidecars/egress/table-file.ts'
import { bundleContainer } from './bundle-container.ts'
import { type BundleFoundation, bundleInput } from './bundle-input.ts'
import { DockerBundle } from './docker-bundle.ts'
import { keepCanary } from './kept-canary.ts'

/** What a bundle needs to know besides the plan. */
export interface SidecarParts extends BundleFoundation {
  /** Id of the bundle's image. */
  image: string
  /** Where the guest finds the bundle, and the network by which it goes out where that is another one. */
  networks: { internal: BottleNetwork; egress: BottleNetwork | null }
  /** Absolute path of `state/<slug>`. */
  stateFolder: string
}

/**
 * Brings the bundle up: routes in their folder, container on both networks, secrets on its standard input.
 * @throws HintedError when a daemon does not come up
 */
export async function startSidecars(
  plan: Pick<CommonPlan, 'slug' | 'egress'>,
  secrets: Pick<LaunchRun, 'tokens' | 'secrets'>,
  parts: SidecarParts,
  { docker, home }: EngineTools,
  signal: AbortSignal,
): Promise<void> {
  const { internal, egress } = parts.networks
  const { address } = parts
  const routesFolder = tableFolder(parts.stateFolder)
  // As a rule it is there already, prepared with the launch: closed, where the operator closed the way out of all.
  if ((await readTableFile(routesFolder)) === null) await writeTableFile(routesFolder, tableText(tableOf(plan.egress)))
  await keepCanary(parts.stateFolder, parts.canary)
  const container = await docker.createContainer(
    bundleContainer({
      slug: plan.slug,
      home,
      image: parts.image,
      internal: { network: internal.id, address },
      routesFolder,
    }),
  )
  if (egress) await docker.connectNetwork(egress.id, container)
  await docker.startContainer(container)
  await new DockerBundle(docker, container).handOver(bundleInput(parts, secrets), signal)
}
