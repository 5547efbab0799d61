import type { ReactNode } from 'react'
import { PageBody } from '../_components/frame/page-body'
import { PageHeader } from '../_components/frame/page-header'
import { ManifestTree, type TreeEntry } from '../_components/manifests/manifest-tree'
import { api } from '../_lib/api'
import { plainLine } from '../_lib/format'

/** Every file as it was understood; what is wrong with one stands beside its name. */
export default async function ManifestsLayout({ children }: { children: ReactNode }) {
  const { home, agents, bottles, skills } = await api().manifests.list({})
  const entry = (
    name: string,
    note: string | null,
    problems: readonly { severity: 'error' | 'warning' }[],
  ): TreeEntry => ({
    name,
    note: note === null ? null : plainLine(note),
    errors: problems.filter((problem) => problem.severity === 'error').length,
    warnings: problems.filter((problem) => problem.severity === 'warning').length,
  })
  return (
    <PageBody>
      <PageHeader title="Manifests" about={<span className="machine text-caption">{home}</span>} />
      <div className="grid grid-cols-[256px_minmax(0,1fr)] gap-8 max-xl:grid-cols-[200px_minmax(0,1fr)] max-xl:gap-6 max-sm:block">
        <ManifestTree
          agents={agents.map((agent) => entry(agent.name, agent.bottle, agent.problems))}
          bottles={bottles.map((bottle) =>
            entry(bottle.name, bottle.extends.join(' → ') || bottle.provider, bottle.problems),
          )}
          skills={skills.map((skill) => entry(skill.name, skill.description, skill.problems))}
        />
        {children}
      </div>
    </PageBody>
  )
}
