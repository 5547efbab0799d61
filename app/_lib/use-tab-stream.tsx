'use client'

import { createContext, type ReactNode, useContext, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { StoredEvent } from '@/server/contract/events.ts'
import type { BottleSlug, EventSeq } from '@/server/contract/ids.ts'
import type { BottleView, EngineView, TabMessage } from '@/server/contract/views.ts'
import { followVisibility } from './background-tab'
import { type Connection, TabStore } from './tab-store'
import { type EventWatcher, type OpenStream, TabStream } from './tab-stream'
import { useTRPCClient } from './trpc'

const TabContext = createContext<{ store: TabStore; stream: TabStream } | null>(null)

/** Fifty bottles at work change a hundred times a second; nobody reads their figures sooner than this. */
const EVERY_MS = 100

/** The first change at once, those that follow together. Timers also run in a hidden tab, whose title goes on. */
function scheduler() {
  let last = Number.NEGATIVE_INFINITY
  return (tell: () => void) => {
    const draw = () => {
      last = performance.now()
      tell()
    }
    setTimeout(draw, Math.max(0, last + EVERY_MS - performance.now()))
  }
}

/** Around every page of the frame: one subscription that follows what the tab shows. */
export function TabStreamProvider({ children }: { children: ReactNode }) {
  const client = useTRPCClient()
  const [tab] = useState(() => {
    // Node has one too: it would never be closed, and keep all of the request that it was made in.
    const channel = typeof window === 'undefined' ? null : new BroadcastChannel('bot-bottle.bottles')
    const store = new TabStore(scheduler())
    const open: OpenStream = (input, handlers) => {
      const subscription = client.events.follow.subscribe(input, {
        onData: ({ data }) => handlers.onMessage(data),
        onConnectionStateChange: ({ state }) => {
          if (state === 'connecting') handlers.onState('connecting')
          if (state === 'pending') handlers.onState('open')
        },
        onError: (error) => handlers.onError(error),
      })
      return () => subscription.unsubscribe()
    }
    const share = (message: TabMessage) => {
      if (document.hidden && (message.kind === 'bottle' || message.kind === 'bottle-removed')) {
        channel?.postMessage(message)
      }
    }
    return { store, stream: new TabStream(store, open, share), channel }
  })

  useEffect(() => {
    const { store, stream, channel } = tab
    const receive = ({ data }: MessageEvent<TabMessage>) => document.hidden && store.receive(data)
    channel?.addEventListener('message', receive)
    const stop = followVisibility((awake) => stream.setAwake(awake))
    return () => {
      channel?.removeEventListener('message', receive)
      stop()
      stream.setAwake(false)
    }
  }, [tab])

  return <TabContext value={tab}>{children}</TabContext>
}

function useTab() {
  const tab = useContext(TabContext)
  if (!tab) throw new Error('This component needs TabStreamProvider around it.')
  return tab
}

function useTabState() {
  const { store } = useTab()
  return useSyncExternalStore(store.subscribe, store.snapshot, store.snapshot)
}

/** All bottles, newest first, live. `initial` is what the server rendered with; null while nothing is known. */
export function useBottles(initial: readonly BottleView[] | null = null): readonly BottleView[] | null {
  return useTabState().bottles ?? initial
}

/** One bottle, live; null while it is not known or when it was removed. */
export function useBottle(slug: BottleSlug, initial: BottleView | null = null): BottleView | null {
  const bottles = useTabState().bottles
  return bottles ? (bottles.find((bottle) => bottle.slug === slug) ?? null) : initial
}

export function useEngine(): EngineView | null {
  return useTabState().engine
}

export function useConnection(): Connection {
  return useTabState().connection
}

/**
 * Calls `onEvents` with every event of the bottle after `after`, each once and in order, across reconnects. It need not
 * be stable. `live` is true once everything stored has arrived.
 */
export function useBottleEvents(
  slug: BottleSlug,
  onEvents: (events: readonly StoredEvent[]) => void,
  after: number = 0,
): { live: boolean } {
  const { stream } = useTab()
  const [live, setLive] = useState(false)
  const handler = useRef(onEvents)
  handler.current = onEvents
  // Kept over a remount of the same bottle, or it would be told everything twice.
  const watcher = useRef<EventWatcher | null>(null)
  const start = useRef(after)
  useEffect(() => {
    setLive(false)
    if (watcher.current?.slug !== slug) {
      watcher.current = {
        slug,
        last: start.current as EventSeq,
        onEvents: (events) => handler.current(events),
        onLive: () => setLive(true),
      }
    }
    return stream.watch(watcher.current)
  }, [stream, slug])
  return { live }
}
