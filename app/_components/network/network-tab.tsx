'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useRef, useState } from 'react'
import { cn } from '@/app/_lib/cn'
import { OUTCOMES, type Outcome } from '@/app/_lib/network/request-words'
import { useTRPC } from '@/app/_lib/trpc'
import { useAddressState } from '@/app/_lib/use-address-state'
import { useKeys } from '@/app/_lib/use-keys'
import { useBottle, useBottleEvents } from '@/app/_lib/use-tab-stream'
import type { NetworkRequest, NetworkSummary, RoutesView } from '@/server/contract/network'
import type { EgressPlan } from '@/server/contract/plan'
import type { BottleView } from '@/server/contract/views'
import { ReachSection } from '../plan/reach-section'
import { Card } from '../ui/card'
import { AllowDialog } from './allow-dialog'
import { BoundaryRow } from './boundary-row'
import { HostSummary } from './host-summary'
import { NetworkToolbar } from './network-toolbar'
import { RequestList } from './request-list'
import { RoutesEditor } from './routes-editor'
import { type FirstPage, useRequests } from './use-requests'

/** Longer than a name can be; what was refused for that is found by text. */
const MOST_HOST = 253
/** Figures of a busy agent need not be newer than this. */
const FRESH_MS = 2000

interface NetworkTabProps {
  bottle: BottleView
  /** As it was confirmed; its routes are shown where the bottle has no live ones. */
  plan: EgressPlan
  first: FirstPage
  summary: NetworkSummary
  routes: RoutesView | null
}

/** What went out and what did not, by which rule, and the routes that decide it. */
export function NetworkTab({ bottle: initial, plan, first, summary, routes: firstRoutes }: NetworkTabProps) {
  const bottle = useBottle(initial.slug, initial) ?? initial
  const { slug } = bottle
  const [view, setView] = useAddressState<'requests' | 'hosts' | 'routes'>('view', 'requests')
  const [outcome, setOutcome] = useAddressState<Outcome | 'all'>('outcome', 'all')
  const [host, setHost] = useAddressState<string>('host', '')
  const [query, setQuery] = useAddressState<string>('q', '')
  const [allowing, setAllowing] = useState<NetworkRequest | null>(null)
  const known = OUTCOMES.find((each) => each === outcome)
  const list = useRequests(slug, { outcome: known, host: host || undefined }, first)
  const routes = useRoutes(bottle, firstRoutes)
  const totals = useSummary(bottle, summary, first.lastSeq)
  const searchField = useRef<HTMLInputElement>(null)
  useKeys([{ keys: '/', label: 'Filter the requests', run: () => searchField.current?.focus() }])

  const onlyHost = (name: string) => {
    // What could not be read has no host, and a filter by none is no filter.
    if (name === '') setQuery('malformed')
    else if (name.length > MOST_HOST) setQuery(name.slice(0, 100))
    else setHost(name)
    setView('requests')
  }
  const clear = () => {
    setOutcome('all')
    setHost('')
    setQuery('')
  }
  const live = bottle.egress !== null || bottle.state === 'launching'
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <BoundaryRow bottle={bottle} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5 border-b px-3 py-1.5 sm:px-4">
        <div role="tablist" aria-label="Views of the network" className="flex items-center gap-1">
          <ViewTab here={view === 'requests'} onClick={() => setView('requests')}>
            Requests
          </ViewTab>
          <ViewTab here={view === 'hosts'} onClick={() => setView('hosts')} count={totals.hosts.length}>
            Hosts
          </ViewTab>
          <ViewTab
            here={view === 'routes'}
            onClick={() => setView('routes')}
            count={(routes?.routes ?? plan.routes).length}
          >
            Routes
          </ViewTab>
        </div>
        {view === 'requests' && (
          <NetworkToolbar
            outcome={known ?? 'all'}
            onOutcome={setOutcome}
            host={host}
            onHost={setHost}
            query={query}
            onQuery={setQuery}
            searchField={searchField}
            totals={totals}
          />
        )}
      </div>
      {view === 'routes' ? (
        routes ? (
          <RoutesEditor bottle={bottle} routes={routes} slots={plan.slots} />
        ) : (
          <PlannedRoutes plan={plan} />
        )
      ) : view === 'hosts' ? (
        <HostSummary summary={totals} perMinute={bottle.egress?.perMinute ?? null} onHost={onlyHost} />
      ) : (
        <RequestList
          key={`${known} ${host}`}
          list={list}
          query={query}
          filtered={known !== undefined || host !== '' || query !== ''}
          live={live}
          onAllow={bottle.egress ? setAllowing : null}
          onHost={onlyHost}
          onClear={clear}
        />
      )}
      <AllowDialog bottle={bottle} request={allowing} onClose={() => setAllowing(null)} />
    </div>
  )
}

interface ViewTabProps {
  here: boolean
  onClick: () => void
  count?: number
  children: ReactNode
}

function ViewTab({ here, onClick, count, children }: ViewTabProps) {
  return (
    <button
      type="button"
      role="tab"
      aria-selected={here}
      onClick={onClick}
      className={cn(
        'flex h-7 items-center gap-1.5 rounded-control px-2 text-data text-muted hover:text-ink pointer-coarse:h-11',
        here && 'bg-hover font-medium text-ink',
      )}
    >
      {children}
      {count !== undefined && count > 0 && <span className="font-normal text-caption text-dim">{count}</span>}
    </button>
  )
}

/** A bottle that is over, or not up yet, has the routes of its plan and nothing to change them in. */
function PlannedRoutes({ plan }: { plan: EgressPlan }) {
  return (
    <div className="min-h-0 flex-1 overflow-y-auto px-4 py-5 sm:px-6">
      <Card className="@container mx-auto max-w-[760px] overflow-hidden">
        <ReachSection egress={plan} />
      </Card>
      <p className="mx-auto mt-3 max-w-[760px] text-caption text-dim">
        As they were confirmed. Routes can be changed while the bottle is up.
      </p>
    </div>
  )
}

/** The routes in force; null where the bottle has no way out. */
function useRoutes({ slug, egress }: BottleView, initial: RoutesView | null): RoutesView | null {
  const trpc = useTRPC()
  const { data } = useQuery(trpc.routes.get.queryOptions({ slug }, { enabled: egress !== null }))
  return egress ? (data ?? initial) : null
}

/** Figures per host, brought up to date as requests come in; and what else the boundary's events make stale. */
function useSummary({ slug }: BottleView, initial: NetworkSummary, lastSeq: number): NetworkSummary {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const { data } = useQuery(trpc.network.summary.queryOptions({ slug }, { staleTime: FRESH_MS }))
  const soon = useRef<ReturnType<typeof setTimeout> | null>(null)
  useBottleEvents(
    slug,
    (events) => {
      const types = new Set(events.map(({ event }) => event.type))
      if (types.has('routes') || types.has('bundle'))
        void queries.invalidateQueries(trpc.routes.get.queryFilter({ slug }))
      if (types.has('probe')) void queries.invalidateQueries(trpc.network.boundary.queryFilter({ slug }))
      if (!types.has('egress')) return
      soon.current ??= setTimeout(() => {
        soon.current = null
        void queries.invalidateQueries(trpc.network.summary.queryFilter({ slug }))
      }, FRESH_MS)
    },
    lastSeq,
  )
  return data ?? initial
}
