import type { AgentEntry } from '@/server/contract/manifest.ts'
import { plainLine } from './format'

/** What the list of agents shows of one. */
export interface AgentSummary {
  name: string
  description: string | null
  bottle: string | null
  source: 'home' | 'workspace'
  /** The first error of its file; the others are on the manifests page. */
  problem: string | null
}

export const agentSummary = ({ name, description, bottle, source, problems }: AgentEntry): AgentSummary => ({
  name,
  bottle,
  source,
  description: description === null ? null : plainLine(description),
  problem: problems.find((problem) => problem.severity === 'error')?.message ?? null,
})

/** The page of an agent; one of a repository is found only together with the repository's path. */
export const launchPath = (agent: string, repository: string): string =>
  `/launch/${encodeURIComponent(agent)}${repository ? `?workspace=${encodeURIComponent(repository)}` : ''}`
