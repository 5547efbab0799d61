import type { Metadata } from 'next'
import { StarterSet } from '../_components/launch/starter-set'
import { ErrorCard } from '../_components/ui/error-card'
import { api } from '../_lib/api'
import { cn } from '../_lib/cn'

export const metadata: Metadata = { title: 'Launch' }

export default async function LaunchPage() {
  const manifests = await api().manifests.list({})
  const empty = manifests.agents.length === 0
  return (
    // Without agents there is no list beside it.
    <div className={cn('space-y-3 pb-12', empty ? 'col-span-full mx-auto w-full max-w-[640px] pt-4' : 'max-w-[760px]')}>
      {manifests.problems.map((problem) => (
        <ErrorCard
          key={`${problem.file} ${problem.message}`}
          tone={problem.severity === 'error' ? 'failed' : 'needs'}
          title={problem.message}
          meaning={problem.file}
          fix={problem.fix}
        />
      ))}
      {empty ? (
        <StarterSet home={manifests.home} />
      ) : (
        <p className="rounded-card border border-dashed px-6 py-12 text-center text-muted max-sm:hidden">
          Pick an agent to see everything that its launch would do.
        </p>
      )}
    </div>
  )
}
