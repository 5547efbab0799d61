import { setTimeout as pause } from 'node:timers/promises'
import type { EngineChange } from '../../bottles/backend.ts'
import type { BottleSlug } from '../../contract/ids.ts'
import { stateFolder } from '../../engine/tools.ts'
import { marked } from './existing.ts'
import { KeeperLink } from './keeper-link.ts'
import { keeperSocket } from './keeper-place.ts'
import type { SmolmachinesTools } from './tools.ts'

/** Between two looks for bottles that are new. Looking is a listing of the state folders. */
const LOOK_MS = 1_000

/**
 * Tells when an agent ends, until aborted. Never throws. Each keeper is listened to: it hears of the end of the agent,
 * and of the machine below it, at once; nothing is asked while nothing happens.
 */
export async function watch(
  onChange: (change: EngineChange) => void,
  { home }: Pick<SmolmachinesTools, 'home'>,
  signal: AbortSignal,
): Promise<void> {
  const listening = new Set<BottleSlug>()
  while (!signal.aborted) {
    for (const { slug } of await marked(home)) {
      if (listening.has(slug)) continue
      const keeper = new KeeperLink(keeperSocket(stateFolder({ home }, slug)))
      // Not there yet while its launch is on its way.
      if (!(await keeper.state())) continue
      listening.add(slug)
      void keeper
        .ended(signal)
        .catch(() => null)
        .then((exitCode) => {
          if (!signal.aborted) onChange({ kind: 'ended', slug, exitCode, evidence: evidenceOf(exitCode) })
        })
    }
    await pause(LOOK_MS, null, { signal }).catch(() => {})
    // A slug may be launched again, with another keeper.
    const there = new Set((await marked(home)).map(({ slug }) => slug))
    for (const slug of listening) if (!there.has(slug)) listening.delete(slug)
  }
}

const evidenceOf = (exitCode: number | null): string =>
  exitCode === null ? 'what held its terminal went away' : `its process ended with code ${exitCode}`
