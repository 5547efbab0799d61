import { cn } from '@/app/_lib/cn'
import type { FileProblem } from '@/server/contract/manifest.ts'
import { Card } from '../ui/card'

/** The file as it is on disk, with the lines that have a problem marked. */
export function SourceFile({
  source,
  file,
  problems,
}: {
  source: string
  file: string
  problems: readonly FileProblem[]
}) {
  const lines = source.replace(/\n$/, '').split('\n')
  const marked = new Map(
    problems.flatMap((problem) =>
      problem.line !== undefined && problem.file === file ? [[problem.line, problem] as const] : [],
    ),
  )
  return (
    <section>
      <h3 className="mb-2 text-body">The file</h3>
      <Card className="overflow-x-auto py-2">
        <ol className="machine min-w-fit text-log">
          {lines.map((line, n) => {
            const problem = marked.get(n + 1)
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
              <li key={n} className={cn('flex', problem && 'bg-failed-soft')} title={problem?.message}>
                <span
                  aria-hidden
                  className={cn('w-12 shrink-0 select-none pr-3 text-right', problem ? 'text-failed' : 'text-dim')}
                >
                  {n + 1}
                </span>
                <span className="min-w-0 whitespace-pre-wrap pr-4 [overflow-wrap:anywhere]">{line || ' '}</span>
              </li>
            )
          })}
        </ol>
      </Card>
    </section>
  )
}
