'use client'

import { ArrowDown } from 'lucide-react'
import { type CSSProperties, type ReactNode, useCallback, useMemo, useRef, useState } from 'react'
import { cn } from '@/app/_lib/cn'
import { count } from '@/app/_lib/format'
import { inRange, type LineRange } from '@/app/_lib/log/line-range'
import type { LogSource } from '@/app/_lib/log/log-source'
import { useKeys } from '@/app/_lib/use-keys'
import type { LogOutline, LogPage } from '@/server/contract/views'
import { Button } from '../ui/button'
import { ChosenLines } from './chosen-lines'
import { LineRow, PartialRow, StepRow } from './log-rows'
import { LogToolbar } from './log-toolbar'
import { NoteRow } from './note-row'
import { useLineRange } from './use-line-range'
import { useLog } from './use-log'
import { useLogSearch } from './use-log-search'
import { useLogWindow } from './use-log-window'
import { useStoredFlag } from './use-stored-flag'

interface LogViewProps {
  source: LogSource
  /** What the server rendered the page with: every mark, and the lines at the end. */
  initial: { outline: LogOutline; page: LogPage | null }
  /** What is shared of the log; null for all of it. */
  range?: LineRange | null
  /** More lines may come. */
  live: boolean
  /** Verbs for the chosen lines, such as sharing them. */
  rangeActions?: (range: LineRange) => ReactNode
  className?: string
}

const NARROW = 640 // pixels: below it lines wrap unless told otherwise

/** A log of any length: folded by step, searched, linked line by line, drawn as it grows. */
export function LogView({ source, initial, range = null, live, rangeActions, className }: LogViewProps) {
  const log = useLog(source, initial)
  const { store } = log
  const [wrap, setWrap] = useStoredFlag('bot-bottle.log.wrap', () => window.innerWidth < NARROW)
  const [timestamps, setTimestamps] = useStoredFlag('bot-bottle.log.time', () => false)
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set())
  const view = useLogWindow(log, { range, folded, wrap, startAtEnd: range === null })
  const { layout, rows, show } = view

  /** Opens the step of a line that is about to be shown. */
  const reveal = useCallback(
    (n: number) => {
      const step = layout.stepOf(n)
      if (!step?.folded) return show(n)
      setFolded((before) => new Set([...before].filter((id) => id !== step.id)))
      requestAnimationFrame(() => latestShow.current(n))
    },
    [layout, show],
  )
  const latestShow = useRef(show)
  latestShow.current = show

  const lines = useLineRange((arrived) => reveal(arrived.from))
  const topLine = () => rows.find((row) => row.kind === 'line')?.n ?? 1
  const search = useLogSearch(source, store.total, { topLine, show: reveal })
  const sought = useMemo(
    () => (search.query ? { query: search.query, caseSensitive: search.caseSensitive } : null),
    [search.query, search.caseSensitive],
  )
  const toggleFold = useCallback((id: number) => {
    setFolded((before) =>
      before.has(id) ? new Set([...before].filter((each) => each !== id)) : new Set([...before, id]),
    )
  }, [])

  const searchField = useRef<HTMLInputElement>(null)
  useKeys([
    { keys: '/', label: 'Search in the log', run: () => searchField.current?.focus() },
    { keys: 'w', label: 'Wrap long lines', run: () => setWrap(!wrap) },
    { keys: 't', label: 'Show times', run: () => setTimestamps(!timestamps) },
    { keys: 'f', label: 'Follow the end of the log', run: () => view.follow(!view.following) },
  ])

  const digits = Math.max(3, String(store.total).length)
  const top = rows[0]?.top ?? 0
  const atEnd = rows.length > 0 && (rows.at(-1)?.top ?? 0) + 100 > layout.height - 1
  return (
    <section aria-label="Log" className={cn('flex min-h-0 flex-col', className)}>
      <LogToolbar
        search={search}
        searchField={searchField}
        wrap={wrap}
        onWrap={setWrap}
        timestamps={timestamps}
        onTimestamps={setTimestamps}
        following={view.following}
        onFollow={view.follow}
        live={live}
        steps={layout.steps}
        folded={folded}
        onFolded={setFolded}
        textHref={source.textHref({ ansi: 'strip', timestamps })}
      />
      <div
        className="relative min-h-0 flex-1 [container-type:inline-size]"
        style={{ '--log-width': '100cqw' } as CSSProperties}
      >
        <div
          ref={view.scroller}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it
          tabIndex={0}
          {...lines.handlers}
          className="absolute inset-0 overflow-auto bg-canvas font-mono text-log leading-[18px] [contain:strict] [overflow-anchor:none] focus-visible:-outline-offset-2"
        >
          <div
            className={cn('relative min-w-full', wrap ? 'w-full' : 'w-max')}
            style={{ height: view.measured ? view.height : '100%' }}
          >
            <div
              ref={view.rowsBox}
              className={cn('min-w-full', wrap ? 'w-full' : 'w-max', !view.measured && 'absolute bottom-0')}
              style={view.measured ? { transform: `translateY(${top}px)` } : undefined}
            >
              {rows.map((row) =>
                row.kind === 'line' ? (
                  <LineRow
                    key={row.key}
                    n={row.n}
                    line={store.line(row.n)}
                    digits={digits}
                    timestamps={timestamps}
                    wrap={wrap}
                    chosen={inRange(lines.range, row.n)}
                    current={search.line === row.n}
                    sought={sought}
                  />
                ) : row.kind === 'step' ? (
                  <StepRow key={row.key} step={row.step} onFold={toggleFold} />
                ) : (
                  <NoteRow key={row.key} mark={row.mark} />
                ),
              )}
            </div>
            {atEnd && (
              <div className="absolute inset-x-0" style={{ top: layout.height }}>
                {[...store.partials].map(([key, partial]) => (
                  <PartialRow key={key} partial={partial} digits={digits} wrap={wrap} />
                ))}
              </div>
            )}
          </div>
        </div>
        {view.sticky && <StickyStep sticky={view.sticky} onFold={toggleFold} />}
        {store.total === 0 && layout.steps.length === 0 && (
          <p className="pointer-events-none absolute inset-x-0 top-16 text-center text-data text-muted">
            {live ? 'Nothing has been said yet. Lines appear here as they come.' : 'This log has no lines.'}
          </p>
        )}
        {log.problem && (
          <p
            role="status"
            className="absolute bottom-4 left-4 rounded-control border border-failed/35 bg-failed-soft px-3 py-1.5 text-caption text-failed"
          >
            Lines could not be loaded ({log.problem}). Trying again.
          </p>
        )}
        <div className="pointer-events-none absolute inset-x-4 bottom-4 flex flex-wrap-reverse items-center justify-center gap-2">
          {lines.range && <ChosenLines lines={lines} range={lines.range} actions={rangeActions} />}
          {live && !view.following && (
            <Button
              variant="primary"
              size="sm"
              className="pointer-events-auto rounded-full px-3 shadow-float"
              onClick={() => view.follow(true)}
            >
              Back to live <ArrowDown />
            </Button>
          )}
        </div>
      </div>
      <p className="sr-only" role="status">
        {search.found ? `${count(search.found.total, 'match', 'matches')}` : ''}
      </p>
    </section>
  )
}

type Sticky = NonNullable<ReturnType<typeof useLogWindow>['sticky']>

/** The header of the step that one is in, until the next one pushes it away. */
function StickyStep({ sticky, onFold }: { sticky: Sticky; onFold: (id: number) => void }) {
  return (
    <div className="pointer-events-none absolute inset-x-0 top-0 overflow-hidden" style={{ height: 35 + sticky.shift }}>
      <div
        className="pointer-events-auto border-b bg-canvas [--log-width:100cqw]"
        style={{ transform: `translateY(${sticky.shift}px)` }}
      >
        <StepRow step={sticky.step} onFold={onFold} />
      </div>
    </div>
  )
}
