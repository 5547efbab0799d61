import { PlanDocument } from '@/app/_components/plan/plan-document'
import { CopyButton } from '@/app/_components/ui/copy-button'
import { formatExact, shortDigest } from '@/app/_lib/format'
import { bottleOf } from '../bottle-of'

/** The plan as it was confirmed and launched. */
export default async function PlanPage({ params }: { params: Promise<{ slug: string }> }) {
  const { plan, planDigest, createdAt } = await bottleOf((await params).slug)
  return (
    <div className="px-4 py-5 sm:px-6">
      <div className="mx-auto max-w-[760px]">
        <p className="mb-3 flex flex-wrap items-center gap-x-2 text-data text-muted">
          Confirmed <span suppressHydrationWarning>{formatExact(createdAt)}</span>
          <span className="flex items-center">
            <span className="machine">{shortDigest(planDigest)}</span>
            <CopyButton text={planDigest} label="Copy the digest" />
          </span>
        </p>
        <PlanDocument plan={plan} />
      </div>
    </div>
  )
}
