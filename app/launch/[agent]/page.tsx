import type { Metadata } from 'next'
import { LaunchReview } from '@/app/_components/launch/launch-review'
import { api } from '@/app/_lib/api'
import { type AppFailure, failureOf } from '@/app/_lib/app-failure'
import type { PlanResolution } from '@/server/contract/plan.ts'

interface Props {
  params: Promise<{ agent: string }>
  /** `workspace`: the repository that the agent is from. */
  searchParams: Promise<{ workspace?: string | string[] }>
}

export async function generateMetadata({ params }: Pick<Props, 'params'>): Promise<Metadata> {
  return { title: `Launch ${decodeURIComponent((await params).agent)}` }
}

/** The first plan is in the first HTML; it is resolved again as options change. */
export default async function LaunchAgentPage({ params, searchParams }: Props) {
  const agent = decodeURIComponent((await params).agent)
  const { workspace } = await searchParams
  const repository = typeof workspace === 'string' ? workspace : ''
  const [manifests, isolation, first] = await Promise.all([
    api().manifests.list(repository ? { workspace: repository } : {}),
    api().system.isolation(),
    resolveFirst(agent, repository),
  ])
  const entry = manifests.agents.find((each) => each.name === agent)
  return (
    <LaunchReview
      key={`${agent} ${repository}`}
      agent={agent}
      repository={repository}
      known={entry !== undefined}
      defaultBottle={entry?.bottle ?? null}
      bottles={manifests.bottles.map(({ name, provider, routes, problems }) => ({
        name,
        provider,
        routes,
        broken: problems.some((problem) => problem.severity === 'error'),
      }))}
      isolation={isolation}
      first={first}
    />
  )
}

/** What is wrong with the files is shown with the options, because other bottles may be the way out. */
async function resolveFirst(
  agent: string,
  repository: string,
): Promise<{ resolution: PlanResolution | null; failure: AppFailure | null }> {
  const choice = repository ? { agent, workspace: { path: repository, mode: 'copy' as const } } : { agent }
  try {
    return { resolution: await api().plans.resolve(choice), failure: null }
  } catch (error) {
    return { resolution: null, failure: failureOf(error) }
  }
}
