'use client'

import { useMemo, useState } from 'react'
import type { LogSource } from '@/app/_lib/log/log-source'
import { useTRPCClient } from '@/app/_lib/trpc'
import { useBottle, useBottleEvents } from '@/app/_lib/use-tab-stream'
import { FINAL_STATES, type StoredEvent } from '@/server/contract/events'
import type { BottleView, LogOutline, LogPage } from '@/server/contract/views'
import { ShareLines } from '../share/share-lines'
import { LogView } from './log-view'

interface BottleLogProps {
  bottle: BottleView
  outline: LogOutline
  page: LogPage
}

/** The log of a bottle of ours: lines by procedure, what comes by the stream of the tab. */
export function BottleLog({ bottle, outline, page }: BottleLogProps) {
  const { slug } = bottle
  const client = useTRPCClient()
  const state = useBottle(slug, bottle)?.state ?? bottle.state
  const [relay] = useState(() => new Relay())
  useBottleEvents(slug, relay.hand, outline.lastSeq)

  const source = useMemo<LogSource>(
    () => ({
      page: (from, count, signal) => client.logs.page.query({ slug, from, count }, { signal }),
      search: (query, { caseSensitive }, signal) =>
        client.logs.search.query({ slug, query, caseSensitive }, { signal }),
      follow: (_after, onEvents) => relay.follow(onEvents),
      textHref: ({ ansi, timestamps }) =>
        `/api/bottles/${slug}/log.txt?ansi=${ansi}&timestamps=${timestamps ? 1 : 0}&download=1`,
    }),
    [client, slug, relay],
  )
  return (
    <LogView
      className="flex-1"
      source={source}
      initial={{ outline, page }}
      live={!FINAL_STATES.includes(state)}
      rangeActions={(range) => <ShareLines bottle={bottle} range={range} />}
    />
  )
}

/** Between the tab's stream, which is there before the log view is, and the view; keeps what comes in between. */
class Relay {
  #listener: ((events: readonly StoredEvent[]) => void) | null = null
  #early: StoredEvent[] = []

  readonly hand = (events: readonly StoredEvent[]): void => {
    if (this.#listener) this.#listener(events)
    else this.#early.push(...events)
  }

  follow(listener: (events: readonly StoredEvent[]) => void): () => void {
    this.#listener = listener
    const early = this.#early.splice(0)
    if (early.length > 0) listener(early)
    return () => {
      this.#listener = null
    }
  }
}
