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

type Tools = Pick<SmolmachinesTools, 'home' | 'smolvm'>

/**
 * Tells when an agent ends, until aborted. Never throws. Each keeper is listened to: it hears of the end of the agent,
 * and of the machine below it, at once; nothing is asked while nothing happens.
 */
export async function watch(
  onChange: (change: EngineChange) => void,
  tools: Tools,
  signal: AbortSignal,
): Promise<void> {
  const { home } = tools
  const listening = new Set<BottleSlug>()
  while (!signal.aborted) {
    const bottles = await marked(home)
    // A slug may be launched again, with another keeper.
    for (const slug of listening) if (!bottles.some((bottle) => bottle.slug === slug)) listening.delete(slug)
    for (const { slug, machine, started } of bottles) {
      if (listening.has(slug)) continue
      const keeper = new KeeperLink(keeperSocket(stateFolder({ home }, slug)))
      const there = await keeper.state().catch(() => null)
      // Not there yet while its launch is on its way.
      if (!there && !started) continue
      listening.add(slug)
      void (there ? keeper.ended(signal) : Promise.resolve(null))
        .catch(() => null)
        .then(async (code) => {
          if (signal.aborted) return
          const up = await isUp(machine, tools)
          if (!signal.aborted) onChange({ kind: 'ended', slug, ...endOf(code, up) })
        })
    }
    await pause(LOOK_MS, null, { signal }).catch(() => {})
  }
}

/** What ended: an agent's code means something only where its machine still runs. */
function endOf(code: number | null, machineIsUp: boolean): { exitCode: number | null; evidence: string } {
  if (!machineIsUp) return { exitCode: null, evidence: 'its micro-VM ended or was stopped from outside' }
  if (code === null) return { exitCode: null, evidence: 'the process that held its terminal went away' }
  return { exitCode: code, evidence: `its process ended with code ${code}` }
}

/** Where smolvm cannot be asked, the agent's own end is what is known. */
const isUp = (machine: string, { smolvm }: Tools): Promise<boolean> =>
  smolvm.list().then(
    (machines) => machines.some(({ name, state }) => name === machine && state === 'running'),
    () => true,
  )
