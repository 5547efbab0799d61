import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Backend, Backends, ExistingBottle, FrozenThing } from '../bottles/backend.ts'
import type { BottleSlug } from '../contract/ids.ts'
import type { CleanResult, Leftover } from '../contract/views.ts'
import { messageOf } from '../errors.ts'
import type { Logger } from '../logger.ts'

export interface LeftoversParts {
  backends: Backends
  /** Slugs of every bottle that is known, over or not. */
  known(): ReadonlySet<string>
  /** Digest of what a bottle would be resumed from; null where it was not frozen. */
  frozenOf(slug: BottleSlug): string | null
  /** It is being frozen now: what is made meanwhile is nobody's leftover. */
  isFreezing(slug: BottleSlug): boolean
  folders: {
    of(slug: BottleSlug): string
    names(): Promise<string[]>
    remove(slug: BottleSlug, options: { keepRecording: boolean }): Promise<void>
  }
  logger: Logger
}

interface Found {
  leftover: Leftover
  remove(): Promise<void>
}

/** What is ours and no bottle accounts for: found by label and by folder, shown first, removed only when asked for. */
export class Leftovers {
  constructor(private readonly parts: LeftoversParts) {}

  async list(): Promise<Leftover[]> {
    return (await this.#find()).map(({ leftover }) => leftover)
  }

  /**
   * Removes what is listed under these ids; what the listing no longer holds is reported as failed.
   * @param dryRun only says what would be removed
   */
  async clean(ids: readonly string[], dryRun: boolean): Promise<CleanResult> {
    const found = new Map((await this.#find()).map((each) => [each.leftover.id, each]))
    const removed: string[] = []
    const failed: { id: string; message: string }[] = []
    let bytes = 0
    for (const id of new Set(ids)) {
      const each = found.get(id)
      try {
        if (!each) throw new Error('It is not left over any more; somebody removed it, or a bottle uses it now.')
        if (!dryRun) await each.remove()
        removed.push(id)
        bytes += each.leftover.bytes ?? 0
      } catch (error) {
        failed.push({ id, message: messageOf(error) })
      }
    }
    return { dryRun, removed, failed, bytes }
  }

  async #find(): Promise<Found[]> {
    const known = this.parts.known()
    const backends = Object.values(this.parts.backends) as Backend[]
    const found = await Promise.all([
      ...backends.map((backend) => this.#ofBackend(backend, known)),
      this.#folders(known),
    ])
    return found.flat()
  }

  async #ofBackend(backend: Backend, known: ReadonlySet<string>): Promise<Found[]> {
    try {
      const strangers = (await backend.existing()).filter(({ slug }) => !known.has(slug))
      const [others, frozen] = await Promise.all([backend.leftovers(), backend.frozen()])
      const forgotten = frozen.filter((thing) => this.#isForgotten(thing, known))
      return [
        ...strangers.map((bottle) => this.#bottle(backend, bottle)),
        ...others.map((leftover) => ({ leftover, remove: () => backend.removeLeftover(leftover) })),
        ...forgotten.map((thing) => this.#frozen(backend, thing, known)),
      ]
    } catch (error) {
      // The doctor's row about the engine says why; folders can still be cleaned.
      this.parts.logger.warn('Leftovers of the engine could not be listed.', { backend: backend.name, error })
      return []
    }
  }

  #bottle(backend: Backend, { slug, parts, agent }: ExistingBottle): Found {
    const running = agent === 'running' ? ' Its agent is running.' : ''
    return {
      leftover: {
        id: `bottle:${backend.name}:${slug}`,
        kind: 'container',
        name: parts.join(', '),
        slug,
        bytes: null,
        createdAt: null,
        why: `It carries the label of this home, and no bottle of that name is known here.${running}`,
      },
      remove: async () => {
        const failures = await backend.teardown(slug, () => {})
        if (failures.length > 0)
          throw new Error(failures.map(({ name, error }) => `${name}: ${messageOf(error)}`).join('; '))
      },
    }
  }

  /** Also what a newer freeze replaced while something still stood on it. An unknown bottle's file goes with its folder. */
  #isForgotten({ slug, digest, kind }: FrozenThing, known: ReadonlySet<string>): boolean {
    if (!known.has(slug)) return kind === 'image'
    return !this.parts.isFreezing(slug) && (digest === null || digest !== this.parts.frozenOf(slug))
  }

  #frozen(backend: Backend, thing: FrozenThing, known: ReadonlySet<string>): Found {
    const { slug, digest, kind, name, bytes, createdAt } = thing
    const isKnown = known.has(slug)
    return {
      leftover: {
        id: `frozen:${backend.name}:${digest ?? name}`,
        ...{ kind, name, slug, bytes, createdAt },
        why: isKnown
          ? `${slug} was frozen into it, and would not be resumed from it: that was interrupted, or done again since.`
          : 'A bottle that is not known here any more was frozen into it.',
      },
      remove: async () => {
        await backend.discardFrozen(slug, isKnown ? this.parts.frozenOf(slug) : null)
        if ((await backend.frozen()).some((left) => left.name === name && left.digest === digest))
          throw new Error('Something still stands on it: a container, or what was frozen after it.')
      },
    }
  }

  async #folders(known: ReadonlySet<string>): Promise<Found[]> {
    const { folders } = this.parts
    const names = (await folders.names()).filter((name) => !known.has(name))
    return Promise.all(
      names.map(async (name) => {
        const folder = folders.of(name as BottleSlug)
        return {
          leftover: {
            id: `folder:${folder}`,
            kind: 'folder' as const,
            name: folder,
            slug: name,
            bytes: await sizeOf(folder),
            createdAt: (await stat(folder)).birthtimeMs || null,
            why: 'The state folder of a bottle that is not known here any more.',
          },
          remove: () => folders.remove(name as BottleSlug, { keepRecording: false }),
        }
      }),
    )
  }
}

/** Of all files below, in bytes; links are not followed. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        stat(path.join(entry.parentPath, entry.name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
