import type { BackendName, BottleSlug } from '../contract/ids.ts'
import { messageOf } from '../errors.ts'
import type { ExistingBottle } from './backend.ts'
import type { Launches } from './launches.ts'
import type { LiveBottles } from './live-bottles.ts'
import { type Remedy, remedy } from './reconcile-table.ts'
import { backendNamed, enter, overBecause, type Room } from './room.ts'
import { valuesOf } from './secrets.ts'
import type { Stops } from './stops.ts'
import type { BottleRecord } from './store.ts'

export interface ReconcileReport {
  /** Removals that go on in the background; settles when they are done. */
  removals: Promise<unknown>
  /** Slugs that exist by label and that the database does not know; offered on the system page. */
  unknown: readonly string[]
}

/**
 * Brings what is remembered in line with what exists. Bottles that are being launched or stopped right now are left
 * to those who do it.
 *
 * @param options.reattach the engine was away, so that streams of bottles that are up have broken
 * @throws whatever `existing` throws when the engine cannot be asked; nothing was changed then
 */
export async function reconcile(
  name: BackendName,
  room: Room,
  { launches, stops, live }: { launches: Launches; stops: Stops; live: LiveBottles },
  { reattach = false } = {},
): Promise<ReconcileReport> {
  const isBusy = (slug: BottleSlug) => launches.has(slug) || stops.has(slug)
  // What changes while the engine is asked is news to its answer: such a bottle waits for the next comparison.
  const before = new Map(room.registry.all().map((record) => [record.slug, isBusy(record.slug) ? null : record]))
  const existing = new Map((await backendNamed(room.backends, name).existing()).map((bottle) => [bottle.slug, bottle]))
  const removals: Promise<unknown>[] = []
  for (const record of room.registry.all()) {
    const { slug } = record
    if (record.backend !== name || isBusy(slug) || before.get(slug) !== record) continue
    const found = existing.get(slug)
    const decided = remedy(record.state, found?.agent ?? 'absent')
    if (decided.do === 'teardown') {
      const evidence = decided.evidence ?? overBecause(record.evidence, [])
      removals.push(stops.stop(slug, { state: decided.state, evidence }))
    } else await apply(record, decided, found)
  }
  const unknown = [...existing.keys()].filter((slug) => !room.registry.has(slug))
  return { removals: Promise.all(removals), unknown }

  async function apply(record: BottleRecord, decided: Exclude<Remedy, { do: 'teardown' }>, found?: ExistingBottle) {
    const { slug, leftBehind } = record
    switch (decided.do) {
      case 'adopt':
        return adopt(slug, record)
      case 'exited':
        live.ended(slug)
        return enter(room, slug, 'exited', ended(found?.exitCode ?? null), {
          exitCode: found?.exitCode ?? null,
        })
      case 'settle':
        await live.down(slug)
        return enter(room, slug, decided.state, decided.evidence, { leftBehind: [] })
      case 'nothing':
        room.registry.see(slug, { doubt: null })
        if (!found && leftBehind.length > 0)
          room.registry.change(slug, { leftBehind: [], evidence: overBecause(record.evidence, []) })
        return
      default:
        return decided satisfies never
    }
  }

  async function adopt(slug: BottleSlug, record: BottleRecord): Promise<void> {
    if (live.has(slug) && !reattach) return
    try {
      const bottle = await backendNamed(room.backends, name).adopt(slug)
      const secrets = valuesOf(await room.secrets.again(record.plan))
      room.events.mask(slug, secrets)
      const evidence = 'Found running and taken up again.'
      if (record.state === 'idle') room.registry.see(slug, { doubt: null })
      else if (record.state !== 'running') enter(room, slug, 'running', evidence, { exitCode: null })
      else room.registry.change(slug, { evidence })
      room.registry.see(slug, { doubt: null })
      await live.up(bottle, secrets)
    } catch (error) {
      room.logger.error('A running bottle could not be taken up again.', { slug, error })
      room.registry.see(slug, { doubt: `It runs, but could not be taken up again: ${messageOf(error)}` })
    }
  }
}

const ended = (exitCode: number | null) =>
  exitCode === null ? 'The agent has ended.' : `The agent has ended, with exit code ${exitCode}.`
