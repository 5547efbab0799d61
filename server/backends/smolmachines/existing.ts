import { readdir } from 'node:fs/promises'
import path from 'node:path'
import type { Bottle, ExistingBottle } from '../../bottles/backend.ts'
import { type BottleSlug, bottleSlug } from '../../contract/ids.ts'
import { stateFolder } from '../../engine/tools.ts'
import { BottleNotFoundError } from '../../errors.ts'
import { SmolmachinesBottle } from './bottle.ts'
import { KeeperLink } from './keeper-link.ts'
import { keeperSocket } from './keeper-place.ts'
import { type MachineFile, readMachineFile } from './machine-file.ts'
import type { Machine } from './smolvm.ts'
import type { SmolmachinesTools } from './tools.ts'

type Tools = Pick<SmolmachinesTools, 'home' | 'smolvm'>

/** Every bottle of this home that has, or may have, a machine. */
export async function existing(tools: Tools): Promise<ExistingBottle[]> {
  const slugs = await marked(tools.home)
  // Nothing of ours: a machine without smolvm is not asked for it.
  if (slugs.length === 0) return []
  const machines = new Map((await tools.smolvm.list()).map((machine) => [machine.name, machine]))
  return Promise.all(slugs.map((bottle) => described(bottle, machines.get(bottle.machine), tools)))
}

async function described(
  { slug, machine: name, started }: Marked,
  machine: Machine | undefined,
  tools: Tools,
): Promise<ExistingBottle> {
  const parts = [machine ? `machine ${name}` : `record of the machine ${name}`]
  const keeper = await new KeeperLink(keeperSocket(stateFolder(tools, slug))).state()
  if (keeper) parts.push(`terminal of process ${keeper.pid}`)
  // A machine whose agent was never started is half a bottle: its launch was interrupted.
  if (!machine || (!keeper && !started)) return { slug, parts, agent: 'partial', exitCode: null }
  if (keeper?.running && machine.state === 'running') return { slug, parts, agent: 'running', exitCode: null }
  return { slug, parts, agent: 'ended', exitCode: keeper?.code ?? null }
}

interface Marked extends MachineFile {
  slug: BottleSlug
}

/** Bottles of this home whose state folder says that a machine was, or is being, made. */
export async function marked(home: string): Promise<Marked[]> {
  const names = await readdir(path.join(home, 'state')).catch(() => [])
  const found = await Promise.all(
    names.map(async (name) => {
      const slug = bottleSlug.safeParse(name)
      const file = slug.success ? await readMachineFile(stateFolder({ home }, slug.data)) : null
      return slug.success && file ? { slug: slug.data, ...file } : null
    }),
  )
  return found.filter((each) => each !== null)
}

/** @throws BottleNotFoundError when its agent does not run */
export async function adopt(slug: BottleSlug, tools: SmolmachinesTools): Promise<Bottle> {
  const found = (await existing(tools)).find((bottle) => bottle.slug === slug)
  if (found?.agent !== 'running') throw new BottleNotFoundError(slug)
  return new SmolmachinesBottle(tools, slug)
}
