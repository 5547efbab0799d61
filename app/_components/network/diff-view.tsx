import { clsx } from 'clsx'
import { cn } from '@/app/_lib/cn'
import { diffLines } from '@/app/_lib/diff-lines'

const SIGNS = { added: '+', removed: '−', same: ' ' } as const
const SAID = { added: 'added: ', removed: 'removed: ', same: '' } as const

/** A unified diff of one file; what went and what came is told by a sign as well as by colour. */
export function DiffView({ diff, label, className }: { diff: string; label: string; className?: string }) {
  const lines = diffLines(diff)
  return (
    <figure className={cn('overflow-hidden rounded-control border bg-sunken', className)}>
      <figcaption className="machine truncate border-b px-3 py-1 text-caption text-dim">{label}</figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it */}
      <div tabIndex={0} className="max-h-64 overflow-auto py-1 font-mono text-log focus-visible:-outline-offset-2">
        {lines.map((line, index) =>
          line.kind === 'gap' ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a diff are their places
            <div key={index} aria-hidden className="mx-3 my-1 border-t border-dashed" />
          ) : (
            <div
              // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a diff are their places
              key={index}
              dir="ltr"
              className={clsx(
                'flex min-h-[18px] [unicode-bidi:isolate]',
                line.kind === 'added' && 'bg-accent-soft text-working',
                line.kind === 'removed' && 'bg-failed-soft text-failed',
                line.kind === 'same' && 'text-muted',
              )}
            >
              <span aria-hidden className="w-10 shrink-0 select-none pr-2 text-right text-dim">
                {line.after ?? line.before}
              </span>
              <span aria-hidden className="w-4 shrink-0 select-none">
                {SIGNS[line.kind]}
              </span>
              <span className="sr-only">{SAID[line.kind]}</span>
              <span className="min-w-0 flex-1 whitespace-pre-wrap pr-3 [overflow-wrap:anywhere]">{line.text}</span>
            </div>
          ),
        )}
      </div>
    </figure>
  )
}
