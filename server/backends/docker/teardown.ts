import type { BottleSlug } from '../../contract/ids.ts'
import { type ReleaseFailure, Scope } from '../../lib/scope.ts'
import type { Docker } from './docker.ts'
import { homeHash, LABEL, type LabelRole } from './names.ts'
import type { DockerTools } from './tools.ts'

/** Until a program that does not heed its terminal's end is killed. */
const GRACE_SECONDS = 2

/**
 * Removes whatever a bottle left behind, also when another process launched it or crashed. Reads like the launch and
 * runs backwards; every release works by label and is safe to repeat.
 *
 * @returns what could not be removed, empty when nothing of the bottle is left
 */
export async function teardown(
  slug: BottleSlug,
  { docker, home }: Pick<DockerTools, 'docker' | 'home'>,
  onRelease: (name: string, error?: unknown) => void = () => {},
): Promise<ReleaseFailure[]> {
  const scope = new Scope(onRelease)
  scope.defer('networks', () => removeNetworks(docker, slug, home))
  scope.defer('sidecars', () => removeContainers(docker, slug, home, 'sidecars'))
  scope.defer('agent', () => removeContainers(docker, slug, home, 'agent'))
  return scope.close()
}

export async function removeContainers(docker: Docker, slug: string, home: string, role: LabelRole): Promise<void> {
  for (const { Id, State } of await docker.listContainers(labelFilter(slug, home, role))) {
    if (State === 'running') await docker.stopContainer(Id, GRACE_SECONDS)
    await docker.removeContainer(Id)
  }
}

export async function removeNetworks(docker: Docker, slug: string, home: string): Promise<void> {
  for (const { Id } of await docker.listNetworks(labelFilter(slug, home, 'network'))) await docker.removeNetwork(Id)
}

const labelFilter = (slug: string, home: string, role: LabelRole): string[] => [
  `${LABEL.home}=${homeHash(home)}`,
  `${LABEL.slug}=${slug}`,
  `${LABEL.role}=${role}`,
]
