import type { FileProblem } from '@/server/contract/manifest.ts'
import { ErrorCard } from '../ui/error-card'

/** Each mistake with its file, line and place, errors first. Nothing at all when there are none. */
export function ProblemList({ problems }: { problems: readonly FileProblem[] }) {
  const sorted = [...problems].sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'))
  if (sorted.length === 0) return null
  return (
    <div className="space-y-2">
      {sorted.map((problem) => (
        <ErrorCard
          key={`${problem.file} ${problem.line} ${problem.path} ${problem.message}`}
          tone={problem.severity === 'error' ? 'failed' : 'needs'}
          title={problem.message}
          meaning={
            <span className="machine text-caption">
              {problem.file}
              {problem.line !== undefined && `:${problem.line}`}
              {problem.path && <span className="text-muted"> · {problem.path}</span>}
            </span>
          }
          fix={problem.fix}
        />
      ))}
    </div>
  )
}
