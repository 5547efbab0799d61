import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { FrozenThing } from '../../bottles/backend.ts'
import { FROZEN } from '../../bottles/state-folder.ts'
import { type BottleSlug, bottleSlug } from '../../contract/ids.ts'
import { stateFolder } from '../../engine/tools.ts'
import type { SmolmachinesTools } from './tools.ts'

type Tools = Pick<SmolmachinesTools, 'home'>

export const ENDING = '.smolmachine'

/** Artifacts are work and no cache: they lie beside what else is kept of their bottle. */
export const frozenFolder = (state: string): string => path.join(state, FROZEN)

/** Every artifact that bottles of this home were frozen into, halves included. */
export async function frozen(tools: Tools): Promise<FrozenThing[]> {
  const names = await readdir(path.join(tools.home, 'state')).catch(() => [])
  const slugs = names.flatMap((name) => bottleSlug.safeParse(name).data ?? [])
  return (await Promise.all(slugs.map((slug) => ofBottle(slug, tools)))).flat()
}

async function ofBottle(slug: BottleSlug, tools: Tools): Promise<FrozenThing[]> {
  const folder = frozenFolder(stateFolder(tools, slug))
  const names = await readdir(folder).catch(() => [])
  const found = names.map(async (name): Promise<FrozenThing | null> => {
    const facts = await stat(path.join(folder, name)).catch(() => null)
    if (!facts?.isFile()) return null
    const digest = /^[0-9a-f]{64}\.smolmachine$/.test(name) ? `sha256:${name.slice(0, 64)}` : null
    const { size: bytes, mtimeMs } = facts
    return { slug, digest, kind: 'artifact', name: path.join(folder, name), bytes, createdAt: Math.round(mtimeMs) }
  })
  return (await Promise.all(found)).filter((thing) => thing !== null)
}

export async function discardFrozen(slug: BottleSlug, keep: string | null, tools: Tools): Promise<void> {
  for (const { digest, name } of await ofBottle(slug, tools))
    if (digest === null || digest !== keep) await rm(name, { force: true })
}
