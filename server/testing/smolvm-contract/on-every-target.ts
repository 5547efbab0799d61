import { afterAll, beforeAll, describe } from 'vitest'
import { buildFakeSmolvm } from '../../../scripts/lib/fake-smolvm.mjs'
import { clearHome } from '../fake-smolvm/clear-home.ts'
import { hasTrait, type Trait } from '../fake-smolvm/profile.ts'
import { type LocalRegistry, localRegistry } from './local-registry.ts'
import type { Smolvm } from './smolvm.ts'
import { type Target, targets } from './targets.ts'
import { imageFolder, tinyImage } from './tiny-image.ts'

/** What a test has at hand. Filled before the first one runs. */
export interface Bench {
  target: Target
  smolvm: Smolvm
  /** Whether this version has it. */
  has(trait: Trait): boolean
  folder: string
  /** As of `docker save`. */
  archive: string
  registry: LocalRegistry
  /** The same image there. */
  reference: string
  /** What makes a machine of the image in this version. */
  image: readonly string[]
}

/** The same promises for the double as either version and, where one boots, for a real smolvm. */
export function onEveryTarget(
  what: string,
  promises: (bench: Bench) => void,
  on: (target: Target) => boolean = () => true,
) {
  for (const target of found.filter(on)) {
    const title = target.skipped ? `${what}: ${target.name} (skipped: ${target.skipped})` : `${what}: ${target.name}`
    describe.skipIf(target.skipped !== null)(title, () => {
      const bench = {} as Bench
      const made: AsyncDisposable[] = []
      const use = <T extends AsyncDisposable>(thing: T): T => {
        made.unshift(thing)
        return thing
      }
      beforeAll(async () => {
        if (target.double) await buildFakeSmolvm()
        const folder = use(await imageFolder()).path
        const archive = await tinyImage(folder)
        const registry = use(await localRegistry(folder))
        const reference = await registry.push(archive, 'tiny:1')
        const smolvm = use(await target.make())
        const has = (trait: Trait) => hasTrait(target.version, trait)
        const image = ['--image', has('local archives') ? archive : reference]
        Object.assign(bench, { target, smolvm, has, folder, archive, registry, reference, image })
      })
      afterAll(async () => {
        for (const thing of made) await thing[Symbol.asyncDispose]()
        if (target.double && bench.smolvm) await clearHome(bench.smolvm.dataDir)
      })
      promises(bench)
    })
  }
}

const found = await targets()
for (const { name, skipped } of found) if (skipped) console.info(`smolvm contract: ${name} is skipped: ${skipped}.`)
