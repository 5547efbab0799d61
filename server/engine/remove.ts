import type { Docker } from './docker.ts'
import { homeHash, LABEL, type LabelRole } from './names.ts'

/** Until a program that does not heed its terminal's end is killed. */
const GRACE_SECONDS = 2

/** Removes a bottle's containers of one role, from what exists by label; safe to repeat. */
export async function removeContainers(docker: Docker, slug: string, home: string, role: LabelRole): Promise<void> {
  for (const { Id, State } of await docker.listContainers(labelFilter(slug, home, role))) {
    if (State === 'running') await docker.stopContainer(Id, GRACE_SECONDS)
    await docker.removeContainer(Id)
  }
}

/** Removes a bottle's networks, as `removeContainers`. */
export async function removeNetworks(docker: Docker, slug: string, home: string): Promise<void> {
  for (const { Id } of await docker.listNetworks(labelFilter(slug, home, 'network'))) await docker.removeNetwork(Id)
}

const labelFilter = (slug: string, home: string, role: LabelRole): string[] => [
  `${LABEL.home}=${homeHash(home)}`,
  `${LABEL.slug}=${slug}`,
  `${LABEL.role}=${role}`,
]
