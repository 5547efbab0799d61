'use client'

import { useId } from 'react'
import { cn } from '@/app/_lib/cn'
import type { FileProblem } from '@/server/contract/manifest'

const LINE = 20 // pixels

/** A plain field for a text of lines: numbers at the left, and each problem beside its line as well as below. */
export function RouteText({
  value,
  onChange,
  problems,
  disabled,
}: {
  value: string
  onChange: (value: string) => void
  problems: readonly FileProblem[]
  disabled?: boolean
}) {
  const id = useId()
  const lines = value.split('\n')
  const beside = new Map<number, FileProblem>()
  for (const problem of problems) {
    if (problem.line !== undefined && !beside.has(problem.line)) beside.set(problem.line, problem)
  }
  return (
    <div
      className={cn(
        'max-h-[min(60dvh,640px)] overflow-auto rounded-control border border-line-strong bg-surface font-mono text-data leading-[20px] focus-within:outline-2 focus-within:outline-accent',
        problems.length > 0 && 'border-failed',
      )}
    >
      <div className="relative flex w-max min-w-full">
        <div aria-hidden className="sticky left-0 z-1 shrink-0 select-none border-r bg-sunken py-2 text-right text-dim">
          {lines.map((_, index) => (
            <div
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
              key={index}
              className={cn('h-5 min-w-10 px-2', beside.has(index + 1) && 'bg-failed-soft font-medium text-failed')}
            >
              {index + 1}
            </div>
          ))}
        </div>
        <div className="relative flex-1">
          <textarea
            value={value}
            onChange={(event) => onChange(event.target.value)}
            disabled={disabled}
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="off"
            wrap="off"
            aria-label="Routes, as YAML"
            aria-invalid={problems.length > 0 || undefined}
            aria-describedby={problems.length > 0 ? id : undefined}
            style={{
              height: Math.max(8, lines.length) * LINE + 16,
              minWidth: `calc(${Math.max(...lines.map(({ length }) => length)) + 2}ch + 24px)`,
            }}
            className="block w-full resize-none overflow-hidden whitespace-pre bg-transparent px-3 py-2 text-ink outline-none [tab-size:2] disabled:opacity-60"
          />
          {[...beside].map(([line, problem]) => (
            <span
              key={line}
              aria-hidden
              className="pointer-events-none absolute whitespace-nowrap pr-3 font-sans text-caption text-failed leading-[20px]"
              style={{ top: 8 + (line - 1) * LINE, left: `calc(${(lines[line - 1] ?? '').length + 3}ch + 12px)` }}
            >
              {problem.message}
            </span>
          ))}
        </div>
      </div>
      <span id={id} className="sr-only">
        {problems.map(({ line, message }) => (line ? `Line ${line}: ${message}` : message)).join(' ')}
      </span>
    </div>
  )
}

/** Each problem with what to do about it. */
export function RouteProblems({ problems }: { problems: readonly FileProblem[] }) {
  if (problems.length === 0) return null
  return (
    <ul role="alert" className="rounded-control bg-failed-soft px-3 py-2 text-data">
      {problems.map((problem) => (
        <li key={`${problem.line} ${problem.path} ${problem.message}`} className="py-0.5 [overflow-wrap:anywhere]">
          <span className="text-failed">
            {problem.line !== undefined && <span className="font-medium">Line {problem.line}: </span>}
            {problem.message}
          </span>{' '}
          <span className="text-muted">{problem.fix}</span>
        </li>
      ))}
    </ul>
  )
}
