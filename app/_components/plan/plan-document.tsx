import { cn } from '@/app/_lib/cn'
import { count } from '@/app/_lib/format'
import type { BottlePlan, PlanChange } from '@/server/contract/plan.ts'
import { Card } from '../ui/card'
import { BoundarySection } from './boundary-section'
import { ChangesList } from './changes-list'
import { EnvironmentSection } from './environment-section'
import { GitSection } from './git-section'
import { ReachSection } from './reach-section'
import { ResumeSection } from './resume-section'
import { RunsSection } from './runs-section'
import { Section } from './section'

/**
 * Everything that a launch does, as a document to read from top to bottom. `changes` is left out where they do not
 * matter, null where the agent was never launched. `ask` puts a field beside each secret that is asked for.
 */
export function PlanDocument({
  plan,
  changes,
  ask = false,
  className,
}: {
  plan: BottlePlan
  changes?: readonly PlanChange[] | null
  ask?: boolean
  className?: string
}) {
  return (
    <Card className={cn('@container max-w-[760px] overflow-hidden', className)}>
      {plan.resume && <ResumeSection resume={plan.resume} />}
      <RunsSection plan={plan} />
      <ReachSection egress={plan.egress} />
      <GitSection git={plan.gitGate} />
      <EnvironmentSection env={plan.env} ask={ask} />
      <BoundarySection plan={plan} />
      {changes !== undefined && <ChangesSection changes={changes} agent={plan.agent.name} />}
    </Card>
  )
}

function ChangesSection({ changes, agent }: { changes: readonly PlanChange[] | null; agent: string }) {
  if (!changes || changes.length === 0) {
    return (
      <Section title="Changes since last launch">
        <p className="text-data text-muted">
          {changes ? `None. This is what ${agent} ran with last time.` : `${agent} has not been launched before.`}
        </p>
      </Section>
    )
  }
  return (
    <Section title="Changes since last launch" about={count(changes.length, 'change')}>
      <ChangesList changes={changes} />
    </Section>
  )
}
