'use client'

import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { LogSource } from '@/app/_lib/log/log-source'
import { LogStore, PAGE_LINES } from '@/app/_lib/log/log-store'
import { onNextFrame } from '@/app/_lib/next-frame'
import type { LogOutline, LogPage } from '@/server/contract/views'

/** Pages that one request may fetch. */
const AT_ONCE = 4
const RETRY_MS = 2000
/** Nobody reads faster than this, and in a flood the time is better spent on scrolling. */
const DRAW_MS = 45

export interface Log {
  store: LogStore
  /** Goes up when something is there to be drawn, at most once per frame. */
  version: number
  /** Fetches what is missing between two lines, and forgets what is far from them. */
  look: (from: number, to: number) => void
  /** Why lines could not be fetched; it is tried again by itself. */
  problem: string | null
}

/** A log that grows while it is looked at, of which only the part that is looked at is in memory. */
export function useLog(source: LogSource, initial: { outline: LogOutline; page: LogPage | null }): Log {
  const [store] = useState(() => {
    const made = new LogStore(initial.outline)
    if (initial.page) made.addPage(initial.page)
    return made
  })
  const [version, setVersion] = useState(0)
  const [problem, setProblem] = useState<string | null>(null)
  const takeBack = useRef<(() => void) | null>(null)
  const drawn = useRef(0)
  const changed = useCallback(() => {
    takeBack.current ??= onNextFrame(() => {
      takeBack.current = null
      drawn.current = performance.now()
      setVersion((before) => before + 1)
    }, drawn.current + DRAW_MS)
  }, [])

  useEffect(() => {
    const stop = source.follow(store.lastSeq, (events) => {
      store.append(events)
      changed()
    })
    return () => {
      stop()
      takeBack.current?.()
      takeBack.current = null
    }
  }, [source, store, changed])

  const fetcher = useMemo(() => new PageFetcher(source, store, changed, setProblem), [source, store, changed])
  useEffect(() => () => fetcher.stop(), [fetcher])
  return { store, version, look: fetcher.look, problem }
}

/** Fetches the pages that are looked at; requests for what one has scrolled past are given up. */
class PageFetcher {
  readonly #running = new Map<number, AbortController>()
  #wanted: [from: number, to: number] = [1, 1]
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly source: LogSource,
    private readonly store: LogStore,
    private readonly changed: () => void,
    private readonly onProblem: (problem: string | null) => void,
  ) {}

  readonly look = (from: number, to: number): void => {
    this.#wanted = [from, to]
    this.store.evict(from, to)
    // While a scrollbar is dragged every frame looks elsewhere; only where it rests is fetched.
    this.#timer ??= setTimeout(() => this.#fetch(), 25)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const controller of this.#running.values()) controller.abort()
  }

  #fetch(): void {
    this.#timer = undefined
    const [from, to] = this.#wanted
    const starts = this.store.missing(from - PAGE_LINES / 2, to + PAGE_LINES / 2)
    for (const [start, controller] of this.#running) {
      if (start > to + 2 * PAGE_LINES || start + AT_ONCE * PAGE_LINES < from - 2 * PAGE_LINES) controller.abort()
    }
    const running = [...this.#running.keys()]
    const open = starts.filter((start) => !running.some((each) => start >= each && start < each + AT_ONCE * PAGE_LINES))
    const first = open[0]
    if (first === undefined) return
    void this.#request(first, Math.min(AT_ONCE * PAGE_LINES, open.at(-1)! + PAGE_LINES - first))
  }

  async #request(from: number, count: number): Promise<void> {
    const controller = new AbortController()
    this.#running.set(from, controller)
    try {
      const page = await this.source.page(from, count, controller.signal)
      this.store.addPage(page)
      this.onProblem(null)
      this.changed()
    } catch (error) {
      if (controller.signal.aborted) return
      this.onProblem(error instanceof Error ? error.message : String(error))
      this.#timer ??= setTimeout(() => this.#fetch(), RETRY_MS)
    } finally {
      this.#running.delete(from)
    }
  }
}
