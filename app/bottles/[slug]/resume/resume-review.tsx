'use client'

import { useState } from 'react'
import { LaunchFooter } from '@/app/_components/launch/launch-footer'
import { PlanFailure } from '@/app/_components/launch/plan-failure'
import { ReviewForm } from '@/app/_components/launch/review-form'
import { useConfirmation } from '@/app/_components/launch/use-confirmation'
import type { PlanState } from '@/app/_components/launch/use-plan'
import { PlanDocument } from '@/app/_components/plan/plan-document'
import { PlanNotices } from '@/app/_components/plan/plan-notices'
import { failureOf } from '@/app/_lib/app-failure'
import { count } from '@/app/_lib/format'
import { askedFor } from '@/app/_lib/plan-words'
import { useTRPCClient } from '@/app/_lib/trpc'
import { useKeys } from '@/app/_lib/use-keys'
import type { BottleSlug } from '@/server/contract/ids'
import type { PlanResolution } from '@/server/contract/plan'

/** What runs when the bottle is resumed, and the confirmation. There is nothing to choose: it is as it was launched. */
export function ResumeReview({ slug, first }: { slug: BottleSlug; first: PlanState }) {
  const client = useTRPCClient()
  const [{ resolution, failure }, setState] = useState(first)
  const resolveAgain = async () => {
    try {
      setState({ resolution: await client.bottles.resume.mutate({ slug }), failure: null })
    } catch (error) {
      setState({ resolution: null, failure: failureOf(error) })
    }
  }
  const plan = resolution?.plan ?? null
  const blocked = !plan || plan.blockers.length > 0
  const confirmation = useConfirmation(resolution, blocked, resolveAgain)
  const { missing, busy, confirm } = confirmation
  useKeys([{ keys: 'mod+enter', label: 'Resume as shown', run: (event) => void (event.repeat || confirm()) }])
  return (
    <div className="@container flex min-w-0 flex-1 flex-col">
      <ReviewForm confirmation={confirmation}>
        {failure && <PlanFailure failure={failure} title="It cannot be resumed" />}
        {plan && resolution && (
          <>
            <PlanNotices blockers={plan.blockers} warnings={[...resolution.notices, ...plan.warnings]} />
            <PlanDocument plan={plan} changes={resolution.changes} ask />
          </>
        )}
      </ReviewForm>
      <LaunchFooter
        verb="Resume"
        back={`/bottles/${slug}`}
        digest={resolution?.digest ?? null}
        says={missing ? `${missing} needs a value, under Environment.` : footerWords(resolution)}
        busy={busy}
        blocked={blocked}
        onLaunch={confirm}
      />
    </div>
  )
}

function footerWords(resolution: PlanResolution | null): string {
  if (!resolution) return 'There is no plan to confirm.'
  const { plan, changes } = resolution
  if (plan.blockers.length > 0) return `${count(plan.blockers.length, 'thing')} to fix first, above.`
  const secrets = askedFor(plan).length
  return [
    secrets > 0 && `${count(secrets, 'secret')} to fill in again.`,
    changes && changes.length > 0 && `${count(changes.length, 'change')} since its last run.`,
    `Clears away what is left of ${plan.slug}, then starts it ${plan.resume?.frozen ? 'from what was frozen' : 'over'}.`,
  ]
    .filter(Boolean)
    .join(' ')
}
