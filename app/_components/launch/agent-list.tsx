'use client'

import { useQuery } from '@tanstack/react-query'
import { TriangleAlert } from 'lucide-react'
import Link from 'next/link'
import { useSelectedLayoutSegment } from 'next/navigation'
import { useRef } from 'react'
import { type AgentSummary, agentSummary, launchPath } from '@/app/_lib/agent-summary'
import { cn } from '@/app/_lib/cn'
import { messageOf } from '@/app/_lib/error-text'
import { useTRPC } from '@/app/_lib/trpc'
import { useAddressState } from '@/app/_lib/use-address-state'
import { useListKeys } from '@/app/_lib/use-list-keys'
import { RepositoryField } from './repository-field'

/** The home's agents, then those of a repository when one is named. Broken files hide none of the others. */
export function AgentList({ agents }: { agents: readonly AgentSummary[] }) {
  const segment = useSelectedLayoutSegment()
  const chosen = segment === null ? null : decodeURIComponent(segment)
  const [repository, setRepository] = useAddressState('workspace', '' as string)
  const list = useRef<HTMLDivElement>(null)
  useListKeys(list)
  const listed = useQuery({
    ...useTRPC().manifests.list.queryOptions({ workspace: repository }),
    enabled: repository !== '',
  })
  const ours = new Set(agents.map((agent) => agent.name))
  const theirs = (listed.data?.agents ?? [])
    .filter((agent) => agent.source === 'workspace')
    .map(agentSummary)
    .map((agent) =>
      ours.has(agent.name) ? { ...agent, problem: 'The home has an agent of this name, which wins.' } : agent,
    )

  return (
    <nav
      aria-label="Agents"
      className={cn('min-w-0', chosen !== null && 'max-sm:hidden', agents.length === 0 && 'sm:hidden')}
    >
      <div ref={list} className="sticky top-4 max-h-[calc(100dvh-96px)] overflow-y-auto max-sm:max-h-none">
        <Agents agents={agents} chosen={chosen} repository="" />
        <RepositoryField
          value={repository}
          onChange={setRepository}
          says={
            listed.error
              ? messageOf(listed.error)
              : listed.isSuccess && repository && theirs.length === 0
                ? 'No agents under .bot-bottle/agents there.'
                : null
          }
        />
        {repository && <Agents agents={theirs} chosen={chosen} repository={repository} />}
      </div>
    </nav>
  )
}

function Agents({
  agents,
  chosen,
  repository,
}: {
  agents: readonly AgentSummary[]
  chosen: string | null
  repository: string
}) {
  return (
    <ul className="flex flex-col gap-0.5 max-sm:gap-2">
      {agents.map((agent) => (
        <li key={agent.name}>
          <Link
            href={launchPath(agent.name, repository)}
            data-list-item
            aria-current={agent.name === chosen ? 'page' : undefined}
            className={cn(
              'block rounded-control border border-transparent px-3 py-2 transition-colors -outline-offset-2 hover:bg-hover max-sm:border-line max-sm:bg-surface max-sm:py-3',
              agent.name === chosen && 'border-line bg-surface hover:bg-surface',
            )}
          >
            <span className="flex items-baseline gap-2">
              <span className="min-w-0 truncate font-medium">{agent.name}</span>
              {agent.bottle && <span className="min-w-0 truncate text-caption text-dim">{agent.bottle}</span>}
            </span>
            {agent.problem ? (
              <span className="mt-0.5 flex items-start gap-1.5 text-caption text-failed">
                <TriangleAlert aria-hidden strokeWidth={1.75} className="mt-px size-3.5 shrink-0" />
                <span className="line-clamp-2 min-w-0 [overflow-wrap:anywhere]">{agent.problem}</span>
              </span>
            ) : (
              agent.description && (
                <span className="mt-0.5 line-clamp-2 text-caption text-muted">{agent.description}</span>
              )
            )}
          </Link>
        </li>
      ))}
    </ul>
  )
}
