'use client'

import { ArrowLeft } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import type { AppFailure } from '@/app/_lib/app-failure'
import { cn } from '@/app/_lib/cn'
import { count } from '@/app/_lib/format'
import { askedFor } from '@/app/_lib/plan-words'
import { useKeys } from '@/app/_lib/use-keys'
import type { PlanResolution } from '@/server/contract/plan.ts'
import type { IsolationView } from '@/server/contract/views.ts'
import { PlanDocument } from '../plan/plan-document'
import { PlanNotices } from '../plan/plan-notices'
import type { BottleChoice } from './bottle-order'
import { LaunchFooter } from './launch-footer'
import { LaunchOptions, type Options } from './launch-options'
import { PlanFailure } from './plan-failure'
import { ReviewForm } from './review-form'
import { useConfirmation } from './use-confirmation'
import { type LaunchInput, type PlanState, usePlan } from './use-plan'

interface Props {
  agent: string
  /** Path of the repository that the agent is from; empty for one of the home. */
  repository: string
  /** False when no file declares it; then there is nothing to choose either. */
  known: boolean
  defaultBottle: string | null
  bottles: readonly BottleChoice[]
  isolation: readonly IsolationView[]
  first: PlanState
}

/** Options, the plan that they give, and the confirmation. What is launched is exactly the plan that is shown. */
export function LaunchReview({ agent, repository, known, defaultBottle, bottles, isolation, first }: Props) {
  const [options, setOptions] = useState<Options>(() => startingWith(first, defaultBottle, repository))
  const { resolution, failure, current, resolveAgain } = usePlan(choiceOf(agent, repository, options), first)
  const plan = resolution?.plan ?? null
  const blocked = !plan || !current || failure !== null || plan.blockers.length > 0
  const confirmation = useConfirmation(resolution, blocked, resolveAgain)
  const { forget, missing, busy, confirm } = confirmation
  useKeys([{ keys: 'mod+enter', label: `Launch ${agent} as shown`, run: (event) => void (event.repeat || confirm()) }])

  return (
    <div className="@container flex min-h-full min-w-0 max-w-[760px] flex-col">
      <Link href="/launch" className="mb-2 inline-flex h-11 items-center gap-1.5 text-data text-muted sm:hidden">
        <ArrowLeft className="size-4" strokeWidth={1.75} />
        All agents
      </Link>
      <h2 className="mb-3 text-lead sm:sr-only">{agent}</h2>
      <ReviewForm confirmation={confirmation}>
        {known && (
          <LaunchOptions
            options={options}
            onChange={(part) => {
              setOptions((old) => ({ ...old, ...part }))
              forget()
            }}
            bottles={bottles}
            isolation={isolation}
          />
        )}
        {failure && <PlanFailure failure={failure} />}
        {plan && (
          <div
            aria-busy={!current}
            className={cn('space-y-4 transition-opacity', (!current || failure) && 'opacity-60 delay-200')}
          >
            <PlanNotices blockers={plan.blockers} warnings={[...(resolution?.notices ?? []), ...plan.warnings]} />
            <PlanDocument plan={plan} changes={resolution?.changes ?? null} ask />
          </div>
        )}
      </ReviewForm>
      {known && (
        <LaunchFooter
          digest={failure ? null : (resolution?.digest ?? null)}
          says={missing ? `${missing} needs a value, under Environment.` : footerWords(resolution, failure)}
          busy={busy}
          blocked={blocked}
          onLaunch={confirm}
        />
      )}
    </div>
  )
}

function footerWords(resolution: PlanResolution | null, failure: AppFailure | null): string {
  if (failure) return 'The options as they stand give no plan.'
  if (!resolution) return 'Resolving the plan.'
  const { plan, changes } = resolution
  if (plan.blockers.length > 0) return `${count(plan.blockers.length, 'thing')} to fix first, above.`
  const secrets = askedFor(plan).length
  return [
    secrets > 0 && `${count(secrets, 'secret')} to fill in.`,
    changes && changes.length > 0 && `${count(changes.length, 'change')} since the last launch.`,
    `Builds ${plan.image.reference.split(':')[0]} unless it is cached, then starts ${plan.slug}.`,
  ]
    .filter(Boolean)
    .join(' ')
}

const startingWith = ({ resolution }: PlanState, defaultBottle: string | null, repository: string): Options => {
  const plan = resolution?.plan
  return {
    bottles: plan?.bottles ?? (defaultBottle ? [defaultBottle] : []),
    backend: plan?.backend ?? 'docker',
    label: plan?.label ?? '',
    color: plan?.color ?? null,
    workspace: {
      path: plan?.workspace.path ?? repository,
      mode: plan?.workspace.mode ?? (repository ? 'copy' : 'none'),
    },
  }
}

const choiceOf = (
  agent: string,
  repository: string,
  { bottles, backend, label, color, workspace }: Options,
): LaunchInput => ({
  agent,
  bottles: [...bottles],
  backend,
  ...(label.trim() === '' ? {} : { label }),
  ...(color === null ? {} : { color }),
  workspace: workspace.mode === 'none' ? { path: repository, mode: 'none' } : workspace,
})
