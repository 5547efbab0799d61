import { api } from '@/app/_lib/api'
import { type AppFailure, failureOf } from '@/app/_lib/app-failure'
import type { BottleSlug } from '@/server/contract/ids'
import type { PlanResolution } from '@/server/contract/plan'
import { bottleOf } from '../bottle-of'
import { ResumeReview } from './resume-review'

/** The plan by which the bottle runs once more; nothing has been started or removed yet. */
export default async function ResumePage({ params }: { params: Promise<{ slug: string }> }) {
  const { slug } = await bottleOf((await params).slug)
  return (
    <div className="flex flex-1 flex-col px-4 pt-5 sm:px-6">
      <div className="mx-auto flex w-full max-w-[762px] flex-1 flex-col">
        <ResumeReview slug={slug} first={await resolveFirst(slug)} />
      </div>
    </div>
  )
}

async function resolveFirst(
  slug: BottleSlug,
): Promise<{ resolution: PlanResolution | null; failure: AppFailure | null }> {
  try {
    return { resolution: await api().bottles.resume({ slug }), failure: null }
  } catch (error) {
    return { resolution: null, failure: failureOf(error) }
  }
}
