import type { ReactNode } from 'react'
import { cn } from '@/app/_lib/cn'

/** One sentence and at most one button; `children` for more, such as the steps of the journey. */
export function EmptyState({
  title,
  hint,
  action,
  className,
  children,
}: {
  title: string
  hint?: ReactNode
  action?: ReactNode
  className?: string
  children?: ReactNode
}) {
  return (
    <div
      className={cn('flex flex-col items-center rounded-card border border-dashed px-6 py-12 text-center', className)}
    >
      <p className="font-medium text-body">{title}</p>
      {hint && <p className="mt-1 max-w-[52ch] text-data text-muted">{hint}</p>}
      {action && <div className="mt-4">{action}</div>}
      {children}
    </div>
  )
}
