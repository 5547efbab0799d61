import type { BottleSlug } from '../contract/ids.ts'
import { type EngineTools, stateFolder } from '../engine/tools.ts'
import { tableFolder } from '../sidecars/egress/table-file.ts'
import { bundleContainer } from './bundle-container.ts'
import type { BundleRecipe } from './kept-recipe.ts'

/**
 * Makes the container of a bundle, on all its networks, and does not start it.
 * @returns its id
 */
export async function makeBundle(
  slug: BottleSlug,
  { image, address, internal, egress, published }: BundleRecipe,
  tools: EngineTools,
): Promise<string> {
  const { docker, home } = tools
  const routesFolder = tableFolder(stateFolder(tools, slug))
  const container = await docker.createContainer(
    bundleContainer({ slug, home, image, internal: { network: internal, address }, published, routesFolder }),
  )
  try {
    if (egress) await docker.connectNetwork(egress, container)
  } catch (error) {
    // One that cannot go out would be taken for whole by whoever finds it.
    await docker.removeContainer(container)
    throw error
  }
  return container
}
