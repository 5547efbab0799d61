import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { bundleInto } from '../../scripts/lib/bundle.mjs'
import { keeperFile, keeperInto } from '../../scripts/lib/keeper.mjs'

const BUILT = path.resolve(import.meta.dirname, '../../dist/bundle')

/**
 * Before tests on a real engine: `dist/bundle` is what the sources say, which takes a second. Files that would be the
 * same stay, and the others are replaced at once, because a launch may be reading them.
 */
export async function setup(): Promise<void> {
  await mkdir(path.dirname(BUILT), { recursive: true })
  const fresh = await mkdtemp(`${BUILT}-`)
  try {
    await bundleInto(fresh)
    await mkdir(BUILT, { recursive: true })
    for (const file of await readdir(fresh)) {
      const [now, before] = await Promise.all(
        [fresh, BUILT].map((folder) => readFile(path.join(folder, file), 'utf8').catch(() => null)),
      )
      if (now !== before) await rename(path.join(fresh, file), path.join(BUILT, file))
    }
    const keeper = path.join(fresh, 'keeper.mjs')
    await keeperInto(keeper)
    await rename(keeper, keeperFile)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}
