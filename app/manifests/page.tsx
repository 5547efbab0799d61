import type { Metadata } from 'next'
import { StarterSet } from '../_components/launch/starter-set'
import { ProblemList } from '../_components/manifests/problem-list'
import { api } from '../_lib/api'
import { cn } from '../_lib/cn'

export const metadata: Metadata = { title: 'Manifests' }

export default async function ManifestsPage() {
  const manifests = await api().manifests.list({})
  const skillProblems = manifests.skills.flatMap((skill) => skill.problems)
  return (
    // Without files there is no tree beside it.
    <div className={cn('min-w-0 space-y-4', manifests.empty && 'col-span-full mx-auto w-full max-w-[640px] pt-4')}>
      <ProblemList problems={[...manifests.problems, ...skillProblems]} />
      {manifests.empty ? (
        <StarterSet home={manifests.home} />
      ) : (
        <p className="rounded-card border border-dashed px-6 py-12 text-center text-muted max-sm:hidden">
          Pick a file to see what it comes to, value by value, and where each one is from.
        </p>
      )}
    </div>
  )
}
