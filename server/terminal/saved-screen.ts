import { readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'

const savedScreen = z.object({
  version: z.literal(1),
  /** When the last byte of it arrived, epoch milliseconds. */
  takenAt: z.number(),
  cols: z.number().int().min(2).max(1000),
  rows: z.number().int().min(1).max(500),
  /** Sequences that restore the screen, see `ScreenSnapshot`. */
  data: z.string(),
  /** The last raw bytes before it, base64: where they end in the engine's record, what is new begins. */
  tail: z.base64(),
})
export type SavedScreen = z.infer<typeof savedScreen>

const fileIn = (folder: string) => path.join(folder, 'terminal.snapshot.json')

/** @returns the screen that a server before this one saved; null where there is none that can be used */
export async function readSavedScreen(folder: string): Promise<SavedScreen | null> {
  try {
    return savedScreen.parse(JSON.parse(await readFile(fileIn(folder), 'utf8')))
  } catch {
    return null
  }
}

/** Written beside and renamed, so that a kill at any moment leaves a whole one. @throws what the file system says */
export async function writeSavedScreen(folder: string, saved: SavedScreen): Promise<void> {
  await writeFile(`${fileIn(folder)}.new`, JSON.stringify(saved), { mode: 0o600 })
  await rename(`${fileIn(folder)}.new`, fileIn(folder))
}
