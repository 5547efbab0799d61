import type { Metadata } from 'next'
import { StarterSet } from '../_components/launch/starter-set'
import { ErrorCard } from '../_components/ui/error-card'
import { api } from '../_lib/api'

export const metadata: Metadata = { title: 'Launch' }

export default async function LaunchPage() {
  const manifests = await api().manifests.list({})
  return (
    <div className="max-w-[760px] space-y-3 pb-12">
      {manifests.problems.map((problem) => (
        <ErrorCard
          key={`${problem.file} ${problem.message}`}
          tone={problem.severity === 'error' ? 'failed' : 'needs'}
          title={problem.message}
          meaning={problem.file}
          fix={problem.fix}
        />
      ))}
      {manifests.agents.length === 0 ? (
        <StarterSet home={manifests.home} />
      ) : (
        <p className="rounded-card border border-dashed px-6 py-12 text-center text-muted max-sm:hidden">
          Pick an agent to see everything that its launch would do.
        </p>
      )}
    </div>
  )
}
