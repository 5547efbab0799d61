'use client'

import { useCallback, useEffect, useRef, useState } from 'react'
import { messageOf } from '@/app/_lib/error-text'
import { EMPTY_LIST, passes, type RequestList, requestsOf, withNew, withPage } from '@/app/_lib/network/request-list'
import { onNextFrame } from '@/app/_lib/next-frame'
import { useTRPCClient } from '@/app/_lib/trpc'
import { useBottleEvents } from '@/app/_lib/use-tab-stream'
import type { StoredEvent } from '@/server/contract/events'
import type { BottleSlug } from '@/server/contract/ids'
import type { NetworkFilter, NetworkPage } from '@/server/contract/network'

/** A busy agent asks a hundred times a second; nobody reads faster than this. */
const DRAW_MS = 100
const PAGE = 200
const RETRY_MS = 2000

export interface Requests extends RequestList {
  /** The first page is on its way. */
  loading: boolean
  /** Asks for what is older; does nothing while it is on its way. */
  loadOlder: () => void
  problem: string | null
}

/** What the server rendered the page with. */
export interface FirstPage {
  page: NetworkPage
  filter: NetworkFilter
  /** Number of the last event that was stored before the page was read. */
  lastSeq: number
}

/** Requests of a bottle that pass the filter, newest first, live. */
export function useRequests(slug: BottleSlug, filter: NetworkFilter, first: FirstPage): Requests {
  const client = useTRPCClient()
  const { outcome, host } = filter
  const [list, setList] = useState<RequestList>(() => withPage(EMPTY_LIST, first.page))
  const [asked, setAsked] = useState<'first' | 'older' | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const current = useRef(list)
  current.current = list

  const waiting = useRef<StoredEvent[]>([])
  const takeBack = useRef<(() => void) | null>(null)
  const drawn = useRef(0)
  const latest = useRef(filter)
  latest.current = filter
  useBottleEvents(
    slug,
    (events) => {
      const some = events.filter(({ event }) => event.type === 'egress')
      if (some.length === 0) return
      waiting.current.push(...some)
      takeBack.current ??= onNextFrame(() => {
        takeBack.current = null
        drawn.current = performance.now()
        const fresh = requestsOf(waiting.current).filter((request) => passes(request, latest.current))
        waiting.current = []
        setList((before) => withNew(before, fresh))
      }, drawn.current + DRAW_MS)
    },
    first.lastSeq,
  )
  useEffect(() => () => takeBack.current?.(), [])

  // Each filter has pages of its own. An answer to an earlier one is not waited for.
  const turn = useRef(0)
  const busy = useRef(false)
  const load = useCallback(
    async (which: 'first' | 'older') => {
      const mine = which === 'first' ? ++turn.current : turn.current
      busy.current = true
      setAsked(which)
      try {
        const before = which === 'older' ? current.current.next : null
        const page = await client.network.page.query({
          slug,
          limit: PAGE,
          ...(before !== null && { before }),
          ...(outcome && { outcome }),
          ...(host !== undefined && { host }),
        })
        if (mine !== turn.current) return
        setProblem(null)
        setList((list) => withPage(list, page))
      } catch (error) {
        if (mine !== turn.current) return
        setProblem(messageOf(error))
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
        if (mine === turn.current && which === 'first') void load('first')
      } finally {
        if (mine === turn.current) {
          busy.current = false
          setAsked(null)
        }
      }
    },
    [client, slug, outcome, host],
  )

  const shown = useRef({ outcome: first.filter.outcome, host: first.filter.host })
  useEffect(() => {
    if (shown.current.outcome === outcome && shown.current.host === host) return
    shown.current = { outcome, host }
    setList(EMPTY_LIST)
    void load('first')
  }, [outcome, host, load])

  const loadOlder = useCallback(() => {
    if (!busy.current && current.current.next !== null) void load('older')
  }, [load])
  return { ...list, loading: asked === 'first', loadOlder, problem }
}
