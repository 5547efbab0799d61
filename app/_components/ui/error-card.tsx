import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '@/app/_lib/cn'

/** What happened, what it means, what to do. `detail` is what a machine said, shown as text only. */
export function ErrorCard({
  title,
  meaning,
  fix,
  detail,
  action,
  tone = 'failed',
  className,
}: {
  title: ReactNode
  meaning?: ReactNode
  fix?: ReactNode
  detail?: string
  action?: ReactNode
  tone?: 'failed' | 'needs'
  className?: string
}) {
  const failed = tone === 'failed'
  return (
    <div
      role={failed ? 'alert' : 'note'}
      className={cn(
        'flex gap-3 rounded-card border px-4 py-3 text-data',
        failed ? 'border-failed/35 bg-failed-soft' : 'border-needs/35 bg-needs-soft',
        className,
      )}
    >
      <TriangleAlert
        aria-hidden
        strokeWidth={1.75}
        className={cn('mt-px size-4 shrink-0', failed ? 'text-failed' : 'text-needs')}
      />
      <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        <p className={cn('font-medium', failed ? 'text-failed' : 'text-needs')}>{title}</p>
        {meaning && <p className="mt-0.5 text-ink">{meaning}</p>}
        {fix && <p className="mt-0.5 text-muted">{fix}</p>}
        {detail && (
          <pre className="machine mt-2 max-h-40 overflow-auto whitespace-pre-wrap text-caption text-muted">
            {detail}
          </pre>
        )}
        {action && <div className="mt-3 flex flex-wrap gap-2">{action}</div>}
      </div>
    </div>
  )
}
