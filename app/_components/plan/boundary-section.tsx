import { TriangleAlert } from 'lucide-react'
import { boundaryWords, madeNames } from '@/app/_lib/plan-words'
import type { BottlePlan } from '@/server/contract/plan.ts'
import { Fact, Facts, Mono, Section } from './section'

/** What isolates, and what it is called. */
export function BoundarySection({ plan }: { plan: BottlePlan }) {
  const { title, text, also, unproved } = boundaryWords(plan)
  return (
    <Section
      title="Boundary"
      about={
        plan.backend === 'docker'
          ? `docker · ${plan.runtime}`
          : `smolmachines · ${plan.smolvm ? `smolvm ${plan.smolvm}` : 'smolvm is missing'}`
      }
    >
      <p className="max-w-[68ch] text-data">
        <span className="font-medium">{title}. </span>
        <span className="text-muted">{text}</span>
      </p>
      {also && (
        <ul className="mt-2 max-w-[68ch] list-disc space-y-1 pl-5 text-data text-muted">
          {also.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      {unproved && (
        <p className="mt-3 flex max-w-[68ch] gap-2 text-data">
          <TriangleAlert aria-hidden strokeWidth={1.75} className="mt-0.5 size-4 shrink-0 text-needs" />
          {unproved}
        </p>
      )}
      <div className="mt-3">
        <Facts>
          {madeNames(plan).map(({ what, name, note }) => (
            <Fact key={what} name={what}>
              {name && <Mono>{name}</Mono>}
              {note && <span className={name ? 'ml-2 text-dim' : undefined}>{note}</span>}
            </Fact>
          ))}
          <Fact name="Supervise">
            {plan.supervise
              ? 'The agent can ask you for more; only you can grant it.'
              : 'Off. What is refused stays refused.'}
          </Fact>
        </Facts>
      </div>
    </Section>
  )
}
