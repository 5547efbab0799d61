import { formatBytes, shortDigest } from '@/app/_lib/format'
import type { ResumePlan } from '@/server/contract/plan.ts'
import { RelativeTime } from '../ui/relative-time'
import { Fact, Facts, Mono, Section } from './section'

/** A bottle that runs once more: what it goes on from, and what it does not have any more. */
export function ResumeSection({ resume: { frozen } }: { resume: ResumePlan }) {
  return (
    <Section title="Goes on from" about={frozen ? 'what was frozen' : 'its image: nothing was frozen'}>
      <Facts>
        {frozen && (
          <Fact name="Frozen">
            <RelativeTime at={frozen.frozenAt} suffix="ago" />
            <span className="text-muted">, {formatBytes(frozen.bytes)}</span>
            <p className="mt-0.5 text-caption text-dim">
              <Mono>{frozen.reference}</Mono>, <Mono>{shortDigest(frozen.digest.replace('sha256:', ''))}</Mono>
            </p>
          </Fact>
        )}
        <Fact name="Files">
          {frozen
            ? 'The agent’s home, its workspace and what it installed, as they were then. The folder of this machine is not copied again.'
            : 'None of the run before. The workspace is copied again.'}
        </Fact>
        <Fact name="Made anew">
          The certificate authority, the networks and the sidecars. Secrets are asked for again.
        </Fact>
      </Facts>
    </Section>
  )
}
