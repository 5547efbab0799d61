import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { HintedError } from '../errors.ts'
import { replaceFile } from '../lib/replace-file.ts'

/**
 * The canary of a bottle, beside its table: whoever starts the bundle again must hand over the value that was planted.
 * It means nothing, so it may lie there; only that it leaves means something.
 */
const FILE = 'canary'

/** @param stateFolder absolute path of `state/<slug>` */
export const keepCanary = (stateFolder: string, canary: string): Promise<void> =>
  replaceFile(path.join(stateFolder, FILE), canary, 0o600)

/** @throws HintedError where there is none */
export async function keptCanary(stateFolder: string): Promise<string> {
  return readFile(path.join(stateFolder, FILE), 'utf8').catch((cause: unknown) => {
    throw new HintedError(
      'The canary of this bottle is not in its state folder.',
      'It was launched by an older version, or the folder was changed: stop the bottle and launch it again.',
      { cause },
    )
  })
}
