import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { HintedError } from '../errors.ts'
import { replaceFile } from '../lib/replace-file.ts'

const FILE = 'bundle.json'
const schema = z.strictObject({
  /** Id of the image. */
  image: z.string(),
  /** At which it listens, on the internal network. */
  address: z.ipv4(),
  /** Ids of the network on which the guest finds it, and of the one by which it goes out where that is another. */
  internal: z.string(),
  egress: z.string().nullable(),
  /** Address of this machine on which its ports are published; null: on none. */
  published: z.string().nullable(),
})

/** What the container of a bundle was made from, without anything secret: with it, one that was removed is made again. */
export type BundleRecipe = z.infer<typeof schema>

/** @param stateFolder absolute path of `state/<slug>` */
export const keepRecipe = (stateFolder: string, recipe: BundleRecipe): Promise<void> =>
  replaceFile(path.join(stateFolder, FILE), JSON.stringify(recipe), 0o600)

/** @throws HintedError where there is none that can be read */
export async function keptRecipe(stateFolder: string): Promise<BundleRecipe> {
  try {
    return schema.parse(JSON.parse(await readFile(path.join(stateFolder, FILE), 'utf8')))
  } catch (cause) {
    throw new HintedError(
      'The sidecar bundle was removed, and what it was made from is not in the state folder of this bottle.',
      'It was launched by an older version, or the folder was changed: stop the bottle and launch it again.',
      { cause },
    )
  }
}
