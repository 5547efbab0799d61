import { mkdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { BottleSlug } from '../../contract/ids.ts'
import { stateFolder } from '../../engine/tools.ts'
import { HintedError } from '../../errors.ts'
import { replaceFile } from '../../lib/replace-file.ts'

/**
 * What says that a machine is this home's: older versions of smolvm have no labels, and all homes of a user share one
 * list of machines. Written before anything of the bottle is made, removed after all of it is gone.
 */
const content = z.object({
  machine: z.string(),
  /** Means nothing, so it may be on the disk; the probe looks for it. */
  canary: z.string(),
  /** Where the guest finds the bottle's bundle. */
  bundle: z.string(),
  /** Of this computer's pool, where the bundle is published; null where the guest reaches the bundle itself. */
  alias: z.string().nullable().default(null),
  /** So many processes may the guest's user have, whoever started them. */
  pids: z.number().int().positive().default(512),
  /** The agent was started: without what held it, the bottle has ended, and is no half-made one. */
  started: z.boolean().default(false),
})
export type MachineFile = z.infer<typeof content>

const fileIn = (stateFolder: string) => path.join(stateFolder, 'machine.json')

export async function writeMachineFile(stateFolder: string, machine: MachineFile): Promise<void> {
  await mkdir(stateFolder, { recursive: true, mode: 0o700 })
  await replaceFile(fileIn(stateFolder), JSON.stringify(machine), 0o600)
}

/** @returns null when there is none, or none that can be read */
export async function readMachineFile(stateFolder: string): Promise<MachineFile | null> {
  const text = await readFile(fileIn(stateFolder), 'utf8').catch(() => null)
  if (text === null) return null
  try {
    return content.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** @throws HintedError when the bottle has none */
export async function machineFileOf(slug: BottleSlug, places: { home: string }): Promise<MachineFile> {
  const file = await readMachineFile(stateFolder(places, slug))
  if (file) return file
  throw new HintedError('This bottle’s machine is not known here.', 'Stop the bottle and launch it again.')
}

export const removeMachineFile = (stateFolder: string): Promise<void> => rm(fileIn(stateFolder), { force: true })
