import { cn } from '@/app/_lib/cn'
import type { PlanChange } from '@/server/contract/plan.ts'

/** Path by path, what went in red and what came in green, told by sign as well. */
export function ChangesList({ changes }: { changes: readonly PlanChange[] }) {
  return (
    <ul className="divide-y rounded-control border text-caption">
      {changes.map((change) => (
        <li key={`${change.path} ${change.kind}`} className="px-3 py-2">
          <p className="machine text-muted [overflow-wrap:anywhere]">{change.path}</p>
          {change.before !== undefined && <Line sign="−" said="before" text={change.before} tone="text-failed" />}
          {change.after !== undefined && <Line sign="+" said="now" text={change.after} tone="text-working" />}
        </li>
      ))}
    </ul>
  )
}

function Line({ sign, said, text, tone }: { sign: string; said: string; text: string; tone: string }) {
  return (
    <p className={cn('machine mt-0.5 flex gap-2', tone)}>
      <span aria-hidden className="w-2 shrink-0 select-none">
        {sign}
      </span>
      <span className="sr-only">{said}: </span>
      <span className="max-h-48 min-w-0 overflow-auto whitespace-pre-wrap [overflow-wrap:anywhere]">
        {text === '' ? '(empty)' : text}
      </span>
    </p>
  )
}
