import type { AppFailure } from '@/app/_lib/app-failure'
import { ErrorCard } from '../ui/error-card'

/** Why there is no plan: each mistake with its file and line, or the one sentence that there is. */
export function PlanFailure({ failure, title }: { failure: AppFailure; title?: string }) {
  if (failure.problems.length === 0) {
    return title ? <ErrorCard title={title} meaning={failure.message} /> : <ErrorCard title={failure.message} />
  }
  return (
    <div className="space-y-2">
      {failure.problems.map((problem) => (
        <ErrorCard
          key={`${problem.file} ${problem.path} ${problem.message}`}
          tone={problem.severity === 'error' ? 'failed' : 'needs'}
          title={problem.message}
          meaning={
            <span className="machine text-caption">
              {problem.file}
              {problem.line !== undefined && `:${problem.line}`}
              {problem.path && `  ${problem.path}`}
            </span>
          }
          fix={problem.fix}
        />
      ))}
    </div>
  )
}
