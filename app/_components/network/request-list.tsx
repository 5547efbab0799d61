'use client'

import { ArrowUp } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { count } from '@/app/_lib/format'
import { compareIds, matchesText } from '@/app/_lib/network/request-list'
import { clockTime } from '@/app/_lib/network/request-words'
import { useListKeys } from '@/app/_lib/use-list-keys'
import type { NetworkRequest } from '@/server/contract/network'
import { Button } from '../ui/button'
import { Skeleton } from '../ui/skeleton'
import { RequestDetails } from './request-details'
import { COLUMNS, RequestRow } from './request-row'
import { useRequestWindow } from './use-request-window'
import type { Requests } from './use-requests'

/** Older pages that a search by text reads by itself before it asks. */
const EAGER_PAGES = 10

interface RequestListProps {
  list: Requests
  query: string
  /** Something narrows the list down. */
  filtered: boolean
  /** More may come. */
  live: boolean
  /** Null where routes cannot be changed. */
  onAllow: ((request: NetworkRequest) => void) | null
  onHost: (host: string) => void
  onClear: () => void
}

/**
 * Newest on top, as one looks for what was refused just now. Scrolled away from the top the list stands still, and what
 * comes in meanwhile waits behind a button.
 */
export function RequestList({ list, query, filtered, live, onAllow, onHost, onClear }: RequestListProps) {
  const [openId, setOpenId] = useState<string | null>(null)
  const [held, setHeld] = useState<string | null>(null)
  const all = list.requests
  const standing = useMemo(() => {
    const fresh = held === null ? 0 : all.findIndex(({ id }) => compareIds(id, held) <= 0)
    return fresh > 0 ? all.slice(fresh) : all
  }, [all, held])
  const shown = useMemo(() => standing.filter((request) => matchesText(request, query)), [standing, query])
  const waiting = useMemo(
    () => all.slice(0, all.length - standing.length).filter((request) => matchesText(request, query)).length,
    [all, standing, query],
  )
  const open = openId === null ? -1 : shown.findIndex(({ id }) => id === openId)
  const view = useRequestWindow(shown.length, open)
  useListKeys(view.scroller)

  const reading = !view.atTop || open !== -1
  const newest = all[0]?.id ?? null
  // biome-ignore lint/correctness/useExhaustiveDependencies: held is what was newest when reading began
  useEffect(() => setHeld(reading ? newest : null), [reading])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another search begins at its top
  useEffect(view.toTop, [query])

  // What is older is there before the end is reached. A search by text that finds little goes on only so far by itself.
  const eager = useRef({ query, pages: 0 })
  if (eager.current.query !== query) eager.current = { query, pages: 0 }
  const nearEnd = view.to > shown.length - 30
  const { loadOlder, next, loading } = list
  useEffect(() => {
    if (!nearEnd || next === null) return
    if (query !== '' && eager.current.pages++ >= EAGER_PAGES) return
    loadOlder()
  }, [nearEnd, next, loadOlder, query])

  const toggle = useRef((id: string) => setOpenId((before) => (before === id ? null : id))).current
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      {view.shape !== 'narrow' && (
        <div aria-hidden className={`${COLUMNS} h-7 border-b text-caption text-dim max-lg:hidden`}>
          <span>Time</span>
          <span>Outcome</span>
          <span>Method</span>
          <span>Host and path</span>
          <span>Status</span>
          <span className="text-right">Sent, received</span>
          <span className="text-right">Took</span>
          <span className="truncate">Decided by, credential</span>
          <span />
        </div>
      )}
      <div className="relative min-h-80 flex-1">
        <div
          ref={view.scroller}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it
          tabIndex={0}
          aria-label="Requests"
          role="log"
          aria-live="off"
          className="absolute inset-0 overflow-y-auto overflow-x-hidden [overflow-anchor:none] focus-visible:-outline-offset-2"
        >
          <div style={{ height: view.height }} className="relative">
            <ul className="absolute inset-x-0" style={{ top: view.offset }}>
              {shown.slice(view.from, view.to).map((request) => (
                <li key={request.id}>
                  <RequestRow
                    request={request}
                    shape={view.shape}
                    open={request.id === openId}
                    onOpen={toggle}
                    onAllow={onAllow}
                  />
                  {request.id === openId && (
                    <RequestDetails ref={view.details} request={request} onAllow={onAllow} onHost={onHost} />
                  )}
                </li>
              ))}
            </ul>
          </div>
          {loading && all.length === 0 ? (
            <Waiting />
          ) : shown.length === 0 && next === null ? (
            <Nothing filtered={filtered} live={live} onClear={onClear} />
          ) : (
            <End list={list} shown={shown.length} query={query} />
          )}
        </div>
      </div>
      {waiting > 0 && (
        <div className="pointer-events-none absolute inset-x-0 top-10 flex justify-center">
          <Button
            variant="primary"
            size="sm"
            className="pointer-events-auto rounded-full px-3 shadow-float"
            onClick={() => {
              setOpenId(null)
              setHeld(null)
              view.toTop()
            }}
          >
            <ArrowUp /> {count(waiting, 'new request')}
          </Button>
        </div>
      )}
      {list.problem && (
        <p
          role="status"
          className="absolute bottom-4 left-4 rounded-control border border-failed/35 bg-failed-soft px-3 py-1.5 text-caption text-failed"
        >
          Requests could not be loaded ({list.problem}). Trying again.
        </p>
      )}
    </div>
  )
}

function Waiting() {
  return (
    <div className="flex flex-col gap-2 px-5 py-2">
      {[72, 58, 80, 64, 50].map((width) => (
        <Skeleton key={width} className="h-6" style={{ width: `${width}%` }} />
      ))}
    </div>
  )
}

function Nothing({ filtered, live, onClear }: { filtered: boolean; live: boolean; onClear: () => void }) {
  return (
    <div className="px-6 py-16 text-center text-data">
      <p className="font-medium text-body">{filtered ? 'No request is like that.' : 'No request so far.'}</p>
      <p className="mt-1 text-muted">
        {filtered
          ? 'What comes in and fits is shown here.'
          : live
            ? 'Every request of the agent appears here as it is decided, the refused ones too.'
            : 'The agent asked for nothing.'}
      </p>
      {filtered && (
        <Button size="sm" className="mt-3" onClick={onClear}>
          Show all
        </Button>
      )}
    </div>
  )
}

function End({ list, shown, query }: { list: Requests; shown: number; query: string }) {
  const oldest = list.requests.at(-1)
  return (
    <p className="flex h-11 items-center justify-center gap-2 text-caption text-dim" suppressHydrationWarning>
      {list.next === null ? (
        query ? (
          `${count(shown, 'match', 'matches')}, and nothing older`
        ) : (
          'Nothing older'
        )
      ) : (
        <>
          {oldest && query ? `Looked back to ${clockTime(oldest.at)}` : 'Older requests'}
          <Button size="sm" variant="ghost" onClick={list.loadOlder}>
            {query ? 'Look further back' : 'Load'}
          </Button>
        </>
      )}
    </p>
  )
}
