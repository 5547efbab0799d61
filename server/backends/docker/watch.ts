import { setTimeout as pause } from 'node:timers/promises'
import type { EngineChange } from '../../bottles/backend.ts'
import { type BottleSlug, bottleSlug } from '../../contract/ids.ts'
import type { Docker, EngineEvent } from '../../engine/docker.ts'
import { engineView } from '../../engine/engine-view.ts'
import { homeHash, LABEL } from '../../engine/names.ts'
import type { RunscProbe } from '../../engine/probe-runsc.ts'
import type { EngineTools } from '../../engine/tools.ts'
import { existing } from './existing.ts'

/** Between two tries to reach the engine again, milliseconds. Bounds how late a change is noticed. */
const RETRY_MS = 400

type Tell = (change: EngineChange) => void

/**
 * Reports what happens to the bottles of this home and to the engine, until aborted. Never throws.
 *
 * While events flow nothing is asked; when the stream breaks, the engine is asked until it answers, and what happened
 * meanwhile is told from what then exists.
 */
export async function watch(
  onChange: Tell,
  { docker, home, runsc }: Pick<EngineTools, 'docker' | 'home'> & { runsc: RunscProbe },
  signal: AbortSignal,
): Promise<void> {
  /** Agents that were seen running and not seen to end. */
  const running = new Set<BottleSlug>()
  let told = ''
  while (!signal.aborted) {
    const engine = await engineView(docker, runsc)
    if (signal.aborted) return
    if (JSON.stringify(engine) !== told) onChange({ kind: 'engine', engine })
    told = JSON.stringify(engine)
    if (engine.reachable) {
      try {
        await follow({ docker, home, running, onChange }, signal)
      } catch {
        // The stream broke: the engine stopped, was restarted, or the way to it is cut. The next round tells which.
      }
    }
    await pause(RETRY_MS, null, { signal }).catch(() => {})
  }
}

interface Watched {
  docker: Docker
  home: string
  running: Set<BottleSlug>
  onChange: Tell
}

async function follow(watched: Watched, signal: AbortSignal): Promise<void> {
  const { docker, home } = watched
  const filter = [`${LABEL.home}=${homeHash(home)}`, `${LABEL.role}=agent`]
  // Listening begins before looking, so nothing falls between the two.
  const events = await docker.events(filter, signal)
  await compare(watched)
  for await (const event of events) {
    const slug = bottleSlug.safeParse(event.Actor.Attributes[LABEL.slug])
    if (slug.success && event.Type === 'container') await heed(event, slug.data, watched)
  }
}

/** Tells what ended or went while nobody listened. */
async function compare({ docker, home, running, onChange }: Watched): Promise<void> {
  const now = new Map((await existing({ docker, home })).map((bottle) => [bottle.slug, bottle]))
  const evidence = 'it was no longer running when the engine was asked'
  for (const slug of running) if (!now.has(slug)) onChange({ kind: 'gone', slug, evidence })
  running.clear()
  for (const [slug, { agent, exitCode }] of now) {
    if (agent === 'running') running.add(slug)
    // Also of an agent that was never seen running: it may have come and gone while the stream was broken.
    else if (agent === 'ended') onChange({ kind: 'ended', slug, exitCode, evidence })
  }
}

async function heed({ Action, Actor }: EngineEvent, slug: BottleSlug, watched: Watched): Promise<void> {
  const { running, onChange } = watched
  switch (Action) {
    case 'start':
      running.add(slug)
      return
    case 'die': {
      if (!running.delete(slug)) return
      const code = Number(Actor.Attributes.exitCode)
      const exitCode = Number.isInteger(code) ? code : null
      onChange({ kind: 'ended', slug, exitCode, evidence: await evidenceOf(Actor.ID, exitCode, watched.docker) })
      return
    }
    case 'destroy':
      running.delete(slug)
      onChange({ kind: 'gone', slug, evidence: 'its container was removed' })
  }
}

async function evidenceOf(container: string, exitCode: number | null, docker: Docker): Promise<string> {
  const facts = await docker.inspectContainer(container).catch(() => null)
  if (facts?.State.OOMKilled) {
    const limit = facts.HostConfig.Memory ? ` (${Math.round(facts.HostConfig.Memory / 2 ** 20)} MiB)` : ''
    return `the kernel ended it because its memory limit was reached${limit}`
  }
  if (exitCode === 137) return 'it was killed (SIGKILL)'
  if (exitCode === 143 || exitCode === 129) return 'it was told to end'
  return exitCode === null ? 'its process ended' : `its process ended with code ${exitCode}`
}
