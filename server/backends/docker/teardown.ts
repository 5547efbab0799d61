import type { BottleSlug } from '../../contract/ids.ts'
import { removeContainers, removeNetworks } from '../../engine/remove.ts'
import type { EngineTools } from '../../engine/tools.ts'
import { type ReleaseFailure, Scope } from '../../lib/scope.ts'

/**
 * Removes whatever a bottle left behind, also when another process launched it or crashed. Reads like the launch and
 * runs backwards; every release works by label and is safe to repeat.
 *
 * @returns what could not be removed, empty when nothing of the bottle is left
 */
export async function teardown(
  slug: BottleSlug,
  { docker, home }: Pick<EngineTools, 'docker' | 'home'>,
  onRelease: (name: string, error?: unknown) => void = () => {},
): Promise<ReleaseFailure[]> {
  const scope = new Scope(onRelease)
  scope.defer('networks', () => removeNetworks(docker, slug, home))
  scope.defer('sidecars', () => removeContainers(docker, slug, home, 'sidecars'))
  scope.defer('agent', () => removeContainers(docker, slug, home, 'agent'))
  return scope.close()
}
