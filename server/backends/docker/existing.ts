import type { Bottle, ExistingBottle } from '../../bottles/backend.ts'
import { type BottleSlug, bottleSlug } from '../../contract/ids.ts'
import { homeHash, LABEL } from '../../engine/names.ts'
import type { EngineTools } from '../../engine/tools.ts'
import { BottleNotFoundError } from '../../errors.ts'
import { DockerBottle } from './bottle.ts'

type Engine = Pick<EngineTools, 'docker' | 'home'>

const ofHome = (home: string) => `${LABEL.home}=${homeHash(home)}`

/** Every bottle of this home of which something exists, whoever made it. */
export async function existing({ docker, home }: Engine): Promise<ExistingBottle[]> {
  const [containers, networks] = await Promise.all([
    docker.listContainers([ofHome(home)]),
    docker.listNetworks([ofHome(home)]),
  ])
  const found = new Map<string, { parts: string[]; agent: string | null }>()
  const of = (labels: Readonly<Record<string, string>> | undefined) => {
    const slug = labels?.[LABEL.slug]
    if (!slug) return null
    const bottle = found.get(slug) ?? { parts: [], agent: null }
    found.set(slug, bottle)
    return bottle
  }
  for (const { Id, Names, Labels } of containers) {
    const bottle = of(Labels)
    bottle?.parts.push(`container ${(Names[0] ?? Id.slice(0, 12)).replace(/^\//, '')}`)
    if (bottle && Labels[LABEL.role] === 'agent') bottle.agent = Id
  }
  for (const { Name, Labels } of networks) of(Labels)?.parts.push(`network ${Name}`)

  const described = [...found].map(async ([name, { parts, agent }]): Promise<ExistingBottle | null> => {
    const slug = bottleSlug.safeParse(name)
    if (!slug.success) return null
    const state = agent ? (await docker.inspectContainer(agent))?.State : null
    return { slug: slug.data, parts, ...stateOf(state ?? null) }
  })
  return (await Promise.all(described)).filter((bottle) => bottle !== null)
}

type AgentState = Pick<ExistingBottle, 'agent' | 'exitCode'>

/** A container that was made and never started is half a bottle: its launch was interrupted. */
function stateOf(state: { Status: string; Running: boolean; ExitCode: number } | null): AgentState {
  if (!state || state.Status === 'created') return { agent: 'partial', exitCode: null }
  if (state.Running) return { agent: 'running', exitCode: null }
  return { agent: 'ended', exitCode: state.ExitCode }
}

/** @throws BottleNotFoundError when its agent's container does not run */
export async function adopt(slug: BottleSlug, tools: EngineTools): Promise<Bottle> {
  const { docker, home } = tools
  const labels = [ofHome(home), `${LABEL.slug}=${slug}`, `${LABEL.role}=agent`]
  const [container] = await docker.listContainers(labels)
  // Paused while it is frozen, which the engine goes on with when its server ends.
  if (container?.State !== 'running' && container?.State !== 'paused') throw new BottleNotFoundError(slug)
  return new DockerBottle(tools, { slug, container: container.Id })
}
