import type { PemPair } from '../../docker/bundle/egress/leaf-issuer.ts'
import type { LaunchRun } from '../bottles/steps.ts'
import type { CommonPlan } from '../contract/plan.ts'
import type { BottleNetwork } from '../engine/networks.ts'
import type { EngineTools } from '../engine/tools.ts'
import type { ExtraCa } from '../images/extra-ca.ts'
import { tableFolder, tableOf, tableText, writeTableFile } from '../sidecars/egress/table-file.ts'
import { bundleContainer } from './bundle-container.ts'
import { DockerBundle } from './docker-bundle.ts'

/** What a bundle needs to know besides the plan. */
export interface SidecarParts {
  /** Id of the bundle's image. */
  image: string
  networks: { internal: BottleNetwork; egress: BottleNetwork }
  /** The bundle's fixed address on the internal network, at which it listens. */
  address: string
  ca: PemPair
  /** Means nothing and must never leave. */
  canary: string
  extraCa: ExtraCa
  /** Absolute path of `state/<slug>`. */
  stateFolder: string
}

/**
 * Brings the bundle up: routes in their folder, container on both networks, secrets on its standard input.
 * @throws HintedError when a daemon does not come up
 */
export async function startSidecars(
  plan: Pick<CommonPlan, 'slug' | 'egress'>,
  { tokens, secrets }: Pick<LaunchRun, 'tokens' | 'secrets'>,
  parts: SidecarParts,
  { docker, home }: EngineTools,
  signal: AbortSignal,
): Promise<void> {
  const { internal, egress } = parts.networks
  const { address } = parts
  const routesFolder = tableFolder(parts.stateFolder)
  await writeTableFile(routesFolder, tableText(tableOf(plan.egress)))
  const container = await docker.createContainer(
    bundleContainer({
      slug: plan.slug,
      home,
      image: parts.image,
      internal: { network: internal.id, address },
      routesFolder,
    }),
  )
  await docker.connectNetwork(egress.id, container)
  await docker.startContainer(container)
  const known = [...tokens, ...secrets].map(([name, value]) => ({ name, value }))
  await new DockerBundle(docker, container).handOver(
    {
      daemons: ['egress'],
      egress: {
        listen: address,
        ca: parts.ca,
        tokens: Object.fromEntries(tokens),
        known: [...known, { name: 'canary', value: parts.canary }],
        upstreamCa: parts.extraCa.certificates,
      },
    },
    signal,
  )
}
