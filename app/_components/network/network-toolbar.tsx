'use client'

import { Search, X } from 'lucide-react'
import type { RefObject } from 'react'
import { cn } from '@/app/_lib/cn'
import { OUTCOMES, type Outcome, outcomeWord } from '@/app/_lib/network/request-words'
import { visibleText } from '@/app/_lib/visible-text'
import type { NetworkSummary } from '@/server/contract/network'
import { fieldStyle } from '../ui/input'

interface NetworkToolbarProps {
  outcome: Outcome | 'all'
  onOutcome: (outcome: Outcome | 'all') => void
  host: string
  onHost: (host: string) => void
  query: string
  onQuery: (query: string) => void
  searchField: RefObject<HTMLInputElement | null>
  totals: NetworkSummary | null
}

/** Which requests are shown. Each choice stands in the address. */
export function NetworkToolbar(props: NetworkToolbarProps) {
  const { outcome, onOutcome, host, onHost, query, onQuery, searchField, totals } = props
  const counts: Readonly<Record<Outcome | 'all', number | null>> = {
    all: totals?.requests ?? null,
    refused: totals?.refused ?? null,
    redacted: totals?.redacted ?? null,
    allowed: totals ? totals.requests - totals.refused - totals.redacted : null,
  }
  return (
    <div
      role="toolbar"
      aria-label="Requests"
      className="flex min-w-0 flex-1 flex-wrap items-center gap-2 max-xl:basis-full"
    >
      <fieldset aria-label="Outcome" className="flex gap-0.5 overflow-x-auto [scrollbar-width:none]">
        {(['all', ...OUTCOMES] as const).map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={outcome === each}
            onClick={() => onOutcome(each)}
            className={cn(
              'flex h-7 shrink-0 items-center gap-1.5 rounded-control px-2 text-data text-muted transition-colors hover:bg-hover hover:text-ink aria-pressed:bg-hover aria-pressed:font-medium aria-pressed:text-ink pointer-coarse:h-11',
            )}
          >
            {each === 'all' ? 'All' : outcomeWord[each]}
            {counts[each] !== null && (
              <span
                className={cn(
                  'font-normal text-caption text-dim',
                  each === 'refused' && counts[each] > 0 && 'text-failed',
                  each === 'redacted' && counts[each] > 0 && 'text-needs',
                )}
              >
                {counts[each].toLocaleString('en-US')}
              </span>
            )}
          </button>
        ))}
      </fieldset>
      {host && (
        <button
          type="button"
          onClick={() => onHost('')}
          aria-label={`Show all hosts, not only ${visibleText(host, 100)}`}
          className="machine flex h-7 min-w-0 max-w-72 items-center gap-1 rounded-full bg-accent-soft px-2.5 text-caption text-working pointer-coarse:h-11"
        >
          <span className="truncate">{visibleText(host, 300)}</span>
          <X aria-hidden className="size-3.5 shrink-0" />
        </button>
      )}
      <div className="relative w-full sm:ml-auto sm:w-56">
        <Search
          aria-hidden
          className="pointer-events-none absolute top-1/2 left-2 size-4 -translate-y-1/2 stroke-[1.75] text-dim"
        />
        <input
          ref={searchField}
          type="search"
          aria-label="Filter by host, path, rule or credential"
          placeholder="Filter"
          value={query}
          maxLength={300}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return
            onQuery('')
            event.currentTarget.blur()
          }}
          className={cn(fieldStyle, 'h-7 pl-7.5 [&::-webkit-search-cancel-button]:hidden')}
        />
      </div>
    </div>
  )
}
