import { rm } from 'node:fs/promises'
import type { BottleSlug } from '../../contract/ids.ts'
import { removeContainers, removeNetworks } from '../../engine/remove.ts'
import { stateFolder } from '../../engine/tools.ts'
import { type ReleaseFailure, Scope } from '../../lib/scope.ts'
import { KeeperLink } from './keeper-link.ts'
import { keeperSocket } from './keeper-place.ts'
import { readMachineFile, removeMachineFile } from './machine-file.ts'
import type { SmolmachinesTools } from './tools.ts'

type Tools = Pick<SmolmachinesTools, 'docker' | 'home' | 'smolvm'>

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
  scope.defer('networks', () => removeNetworks(docker, slug, home))
  scope.defer('sidecars', () => removeContainers(docker, slug, home, 'sidecars'))
  scope.defer('machine', () => removeMachine(slug, tools))
  scope.defer('agent', () => endKeeper(slug, tools))
  return scope.close()
}

async function removeMachine(slug: BottleSlug, tools: Tools): Promise<void> {
  const state = stateFolder(tools, slug)
  // Without it there is no machine of this home, whatever others have of the same name.
  const file = await readMachineFile(state)
  if (!file) return
  await tools.smolvm.delete(file.machine)
  await removeMachineFile(state)
}

/** Ends the agent and what holds its terminal. */
export async function endKeeper(slug: BottleSlug, tools: Tools): Promise<void> {
  const socket = keeperSocket(stateFolder(tools, slug))
  await new KeeperLink(socket).end()
  await rm(socket, { force: true })
}
