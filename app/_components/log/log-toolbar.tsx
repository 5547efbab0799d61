'use client'

import {
  ArrowDownToLine,
  CaseSensitive,
  ChevronDown,
  ChevronsDownUp,
  ChevronsUpDown,
  ChevronUp,
  Clock,
  Download,
  Search,
  WrapText,
} from 'lucide-react'
import type { RefObject } from 'react'
import { cn } from '@/app/_lib/cn'
import type { StepSummary } from '@/app/_lib/log/log-blocks'
import { IconButton, iconButtonStyle } from '../ui/icon-button'
import { fieldStyle } from '../ui/input'
import { Tooltip } from '../ui/tooltip'
import type { LogSearchState } from './use-log-search'

interface LogToolbarProps {
  search: LogSearchState
  searchField: RefObject<HTMLInputElement | null>
  wrap: boolean
  onWrap: (on: boolean) => void
  timestamps: boolean
  onTimestamps: (on: boolean) => void
  following: boolean
  onFollow: (on: boolean) => void
  live: boolean
  steps: readonly StepSummary[]
  folded: ReadonlySet<number>
  onFolded: (folded: ReadonlySet<number>) => void
  textHref: string
}

export function LogToolbar(props: LogToolbarProps) {
  const { wrap, onWrap, timestamps, onTimestamps, following, onFollow, live, steps, folded, onFolded } = props
  const allFolded = steps.length > 0 && steps.every((step) => folded.has(step.id))
  return (
    <div
      role="toolbar"
      aria-label="Log"
      className="flex flex-wrap items-center gap-x-2 gap-y-1.5 border-b px-3 py-1.5 sm:px-4"
    >
      <SearchField search={props.search} field={props.searchField} />
      <div className="ml-auto flex items-center gap-0.5">
        {steps.length > 1 && (
          <IconButton
            size="sm"
            label={allFolded ? 'Unfold all steps' : 'Fold all steps'}
            onClick={() => onFolded(new Set(allFolded ? [] : steps.map((step) => step.id)))}
          >
            {allFolded ? <ChevronsUpDown /> : <ChevronsDownUp />}
          </IconButton>
        )}
        <IconButton
          size="sm"
          label="Show times"
          keys="t"
          aria-pressed={timestamps}
          onClick={() => onTimestamps(!timestamps)}
        >
          <Clock />
        </IconButton>
        <IconButton size="sm" label="Wrap long lines" keys="w" aria-pressed={wrap} onClick={() => onWrap(!wrap)}>
          <WrapText />
        </IconButton>
        <IconButton
          size="sm"
          label={live ? 'Follow the end' : 'Go to the end'}
          keys="f"
          {...(live && { 'aria-pressed': following })}
          onClick={() => onFollow(!live || !following)}
        >
          <ArrowDownToLine />
        </IconButton>
        <Tooltip text="Download as text">
          <a href={props.textHref} download aria-label="Download as text" className={iconButtonStyle({ size: 'sm' })}>
            <Download />
          </a>
        </Tooltip>
      </div>
    </div>
  )
}

function SearchField({ search, field }: { search: LogSearchState; field: RefObject<HTMLInputElement | null> }) {
  const { found, query } = search
  const none = found?.total === 0
  return (
    <div className="flex w-full items-center gap-0.5 sm:w-auto">
      <div className="relative min-w-0 flex-1 sm:w-72">
        <Search
          aria-hidden
          className="-translate-y-1/2 pointer-events-none absolute top-1/2 left-2 size-4 stroke-[1.75] text-dim"
        />
        <input
          ref={field}
          type="search"
          aria-label="Search in the log"
          placeholder="Search"
          value={query}
          maxLength={500}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => search.setQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') search.go(event.shiftKey ? -1 : 1)
            else if (event.key === 'Escape') {
              search.setQuery('')
              event.currentTarget.blur()
            }
          }}
          className={cn(fieldStyle, 'h-7 pr-24 pl-7.5 [&::-webkit-search-cancel-button]:hidden')}
        />
        <span
          className={cn(
            '-translate-y-1/2 pointer-events-none absolute top-1/2 right-2 text-caption',
            none ? 'text-failed' : 'text-dim',
          )}
        >
          {search.problem ? 'search failed' : search.busy ? 'searching' : countText(search)}
        </span>
      </div>
      <IconButton
        size="sm"
        label="Match case"
        aria-pressed={search.caseSensitive}
        onClick={() => search.setCaseSensitive(!search.caseSensitive)}
      >
        <CaseSensitive />
      </IconButton>
      <IconButton
        size="sm"
        label="Previous match"
        keys="shift+enter"
        disabled={!found?.lines.length}
        onClick={() => search.go(-1)}
      >
        <ChevronUp />
      </IconButton>
      <IconButton
        size="sm"
        label="Next match"
        keys="enter"
        disabled={!found?.lines.length}
        onClick={() => search.go(1)}
      >
        <ChevronDown />
      </IconButton>
    </div>
  )
}

/** `3 of 128`; beyond what is counted, `3 of 100,000+`. */
function countText({ found, at, query }: LogSearchState): string {
  if (!found || query === '') return ''
  if (found.total === 0) return 'no match'
  const all = `${found.total.toLocaleString('en-US')}${found.total >= 100_000 ? '+' : ''}`
  return `${(at + 1).toLocaleString('en-US')} of ${all}`
}
