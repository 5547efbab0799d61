import { TriangleAlert } from 'lucide-react'
import { cn } from '@/app/_lib/cn'
import { count } from '@/app/_lib/format'
import type { PlanNotice } from '@/server/contract/plan.ts'

/** At the top: what must be fixed before this can be launched, in red, then what the operator should know. */
export function PlanNotices({
  blockers,
  warnings,
}: {
  blockers: readonly PlanNotice[]
  warnings: readonly PlanNotice[]
}) {
  return (
    <>
      {blockers.length > 0 && (
        <Notices
          title="Before you can launch"
          about={`${count(blockers.length, 'thing')} to fix`}
          notices={blockers}
          failed
        />
      )}
      {warnings.length > 0 && <Notices title="Good to know" about="none of it stops the launch" notices={warnings} />}
    </>
  )
}

function Notices({
  title,
  about,
  notices,
  failed = false,
}: {
  title: string
  about: string
  notices: readonly PlanNotice[]
  failed?: boolean
}) {
  return (
    <section
      role={failed ? 'alert' : undefined}
      aria-label={title}
      className={cn(
        'rounded-card border px-6 py-4 text-data @max-xl:px-4',
        failed ? 'border-failed/35 bg-failed-soft' : 'border-line bg-surface',
      )}
    >
      <h2 className="flex items-center gap-2 text-body">
        <TriangleAlert aria-hidden strokeWidth={1.75} className={cn('size-4', failed ? 'text-failed' : 'text-needs')} />
        <span className={failed ? 'text-failed' : undefined}>{title}</span>
        <span className={cn('font-normal text-data tracking-normal', failed ? 'text-failed' : 'text-dim')}>
          {about}
        </span>
      </h2>
      <ul className="mt-2 space-y-2 pl-6">
        {notices.map((notice) => (
          <li key={`${notice.code} ${notice.message}`} data-notice={notice.code} className="[overflow-wrap:anywhere]">
            <p>{notice.message}</p>
            <p className="text-muted">{notice.fix}</p>
          </li>
        ))}
      </ul>
    </section>
  )
}
