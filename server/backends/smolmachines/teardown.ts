import { rm } from 'node:fs/promises'
import type { BottleSlug } from '../../contract/ids.ts'
import { homeHash, LABEL } from '../../engine/names.ts'
import { removeContainers, removeNetworks } from '../../engine/remove.ts'
import { stateFolder } from '../../engine/tools.ts'
import { type ReleaseFailure, Scope } from '../../lib/scope.ts'
import { KeeperLink } from './keeper-link.ts'
import { keeperSocket } from './keeper-place.ts'
import { releaseAlias } from './loopback.ts'
import { readMachineFile, removeMachineFile } from './machine-file.ts'
import { untilNobodyMakes } from './orphaned-commands.ts'
import type { SmolmachinesTools } from './tools.ts'

type Tools = Pick<SmolmachinesTools, 'docker' | 'home' | 'smolvm' | 'cache'>

/**
 * Removes whatever a bottle left behind, also when another process launched it or crashed. Reads like the launch and
 * runs backwards; every release works by what exists and is safe to repeat.
 *
 * @returns what could not be removed, empty when nothing of the bottle is left
 */
export async function teardown(
  slug: BottleSlug,
  tools: Tools,
  onRelease: (name: string, error?: unknown) => void = () => {},
): Promise<ReleaseFailure[]> {
  const { docker, home } = tools
  const scope = new Scope(onRelease)
  scope.defer('networks', async () => {
    await removeNetworks(docker, slug, home)
    await forget(slug, tools)
  })
  scope.defer('sidecars', () => removeContainers(docker, slug, home, 'sidecars'))
  scope.defer('machine', () => removeMachine(slug, tools))
  scope.defer('agent', () => endKeeper(slug, tools))
  return scope.close()
}

async function removeMachine(slug: BottleSlug, tools: Tools): Promise<void> {
  // Without it there is no machine of this home, whatever others have of the same name.
  const file = await readMachineFile(stateFolder(tools, slug))
  if (!file) return
  await untilNobodyMakes(file.machine)
  await tools.smolvm.delete(file.machine)
}

/** Ends the agent and what holds its terminal. @throws when that does not answer */
export async function endKeeper(slug: BottleSlug, tools: Pick<Tools, 'home'>): Promise<void> {
  const socket = keeperSocket(stateFolder(tools, slug))
  await new KeeperLink(socket).end()
  await rm(socket, { force: true })
}

/** Removes what says that the bottle exists; kept while anything of it does, because it is found by it. */
export async function forget(slug: BottleSlug, tools: Tools): Promise<void> {
  const state = stateFolder(tools, slug)
  const file = await readMachineFile(state)
  if (!file) return releaseAlias({ ...tools, slug })
  const [machines, containers, keeper] = await Promise.all([
    tools.smolvm.list(),
    tools.docker.listContainers([`${LABEL.home}=${homeHash(tools.home)}`, `${LABEL.slug}=${slug}`]),
    new KeeperLink(keeperSocket(state)).state(),
  ])
  if (machines.some(({ name }) => name === file.machine) || containers.length > 0 || keeper) return
  await removeMachineFile(state)
  await releaseAlias({ ...tools, slug })
}
