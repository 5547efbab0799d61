import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { artifactFolder } from './artifact.ts'
import { isAlive } from './process-mark.ts'
import { OWNER_LABEL, registryLabels } from './registry-labels.ts'
import type { SmolmachinesTools } from './tools.ts'

type Tools = Pick<SmolmachinesTools, 'docker' | 'home' | 'cache' | 'boots' | 'smolvm'>

/**
 * Removes what a server that was killed left of its own work, from what exists: registries with what pushes to them
 * and their networks, folders of archives, half-made artifacts, a machine on trial. What a process that lives works
 * with, another server's perhaps, stays. Safe to repeat.
 *
 * @throws AggregateError with all that could not be removed; the rest was
 */
export async function tidy(tools: Tools): Promise<void> {
  const results = await Promise.allSettled([registries(tools), halfMade(tools), trial(tools)])
  const errors = results.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []))
  if (errors.length > 0) throw new AggregateError(errors, 'Not all could be removed.')
}

async function registries({ docker, home }: Tools): Promise<void> {
  const labels = Object.entries(registryLabels(home)).map((pair) => pair.join('='))
  const ownerless = (object: { Labels?: Record<string, string> | undefined }) =>
    !isAlive(object.Labels?.[OWNER_LABEL] ?? '')
  for (const each of (await docker.listContainers(labels)).filter(ownerless)) await docker.removeContainer(each.Id)
  for (const each of (await docker.listNetworks(labels)).filter(ownerless)) await docker.removeNetwork(each.Id)
}

/** Named after the process that makes them, `.<what>-<mark>…`; all homes of a user share the folder. */
async function halfMade({ cache }: Tools): Promise<void> {
  const folder = artifactFolder(cache)
  const names = await readdir(folder).catch(() => [])
  const orphaned = names.filter((name) => {
    const mark = ownerIn(name)
    return mark !== null && !isAlive(mark)
  })
  await Promise.all(orphaned.map((name) => rm(path.join(folder, name), { recursive: true, force: true })))
}

/** @returns the mark of the process that makes it; null for what is whole */
export const ownerIn = (name: string): string | null => /^\.[0-9a-z]+-(\d+-\d+)\b/.exec(name)?.[1] ?? null

async function trial({ boots, smolvm }: Tools): Promise<void> {
  const isThere = await smolvm.version().then(
    () => true,
    () => false,
  )
  if (isThere) await boots.tidy()
}
