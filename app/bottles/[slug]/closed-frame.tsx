import type { ReactNode } from 'react'
import { StatusShape } from '@/app/_components/ui/status-shape'

interface ClosedFrameProps {
  /** What is closed, in one clause. */
  title: ReactNode
  /** What can be done about it. */
  action?: ReactNode
  /** Why, and what that means for the bottle. */
  children: ReactNode
}

/** A red band under the bottle's name: nothing goes out, and not by the operator's hand. */
export function ClosedFrame({ title, action, children }: ClosedFrameProps) {
  return (
    <div
      role="alert"
      className="flex flex-wrap items-start gap-x-3 gap-y-2 border-failed/35 border-y bg-failed-soft px-5 py-2 text-data sm:px-6"
    >
      <StatusShape
        status={{ shape: 'broken-shield', tone: 'failed', progress: null }}
        className="mt-px [--surface:var(--failed-soft)]"
      />
      <div className="min-w-0 flex-1 [overflow-wrap:anywhere] max-sm:basis-[calc(100%-28px)]">
        <p className="font-medium text-failed">{title}</p>
        <p>{children}</p>
      </div>
      {action && <div className="flex gap-2 max-sm:ml-7">{action}</div>}
    </div>
  )
}
