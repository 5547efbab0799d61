import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { FreezeRun, Frozen } from '../../bottles/backend.ts'
import type { BottleSlug } from '../../contract/ids.ts'
import { stateFolder } from '../../engine/tools.ts'
import { BottleNotFoundError, HintedError } from '../../errors.ts'
import { artifactDamage } from './artifact-check.ts'
import { can } from './capabilities.ts'
import { freezable } from './freezable.ts'
import { ENDING, frozenFolder } from './frozen.ts'
import { readMachineFile } from './machine-file.ts'
import { endKeeper } from './teardown.ts'
import type { SmolmachinesTools } from './tools.ts'

/**
 * Packs what a micro-VM has become. Its disk is read while nothing writes to it: the agent ends and the machine is
 * stopped first, and stays so.
 */
export async function freeze(
  slug: BottleSlug,
  { output, signal, ending }: FreezeRun,
  tools: Pick<SmolmachinesTools, 'home' | 'smolvm'>,
): Promise<Frozen> {
  const { smolvm } = tools
  const state = stateFolder(tools, slug)
  const file = await readMachineFile(state)
  if (!file) throw new BottleNotFoundError(slug)
  const version = await smolvm.version()
  const { cannotFreeze } = freezable(can(version, 'enforcedPolicy') ? 'archive' : 'pack', version)
  // Before anything is ended for it.
  if (cannotFreeze) throw new HintedError('The machine cannot be packed.', cannotFreeze)
  output.say('Ending the agent and stopping the machine')
  await ending('Its micro-VM was stopped to be frozen.')
  await endKeeper(slug, tools)
  await smolvm.stop(file.machine)

  const folder = frozenFolder(state)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // Every version adds the ending to the artifact, and puts a launcher beside it.
  const launcher = path.join(folder, `.making-${process.pid}`)
  const fresh = `${launcher}${ENDING}`
  try {
    output.say(`Packing ${file.machine}`)
    await smolvm.packMachine(file.machine, launcher, signal)
    const damage = await artifactDamage(fresh)
    if (damage !== null)
      throw new HintedError(`The artifact came out damaged (${damage}).`, 'Look for a full disk; then freeze it again.')
    const hex = await sha256Of(fresh, signal)
    const target = path.join(folder, `${hex}${ENDING}`)
    await rename(fresh, target)
    const { size, mtimeMs } = await stat(target)
    output.say(`${path.basename(target)}: ${Math.round(size / 1e6)} MB`)
    return { reference: target, digest: `sha256:${hex}`, bytes: size, frozenAt: Math.round(mtimeMs) }
  } finally {
    for (const half of [launcher, fresh]) await rm(half, { force: true })
  }
}

/** @returns hex */
export async function sha256Of(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash, { ...(signal && { signal }) })
  return hash.digest('hex')
}
