'use client'

import { useEffect, useRef, useState } from 'react'
import { messageOf } from '@/app/_lib/error-text'
import type { LogSource } from '@/app/_lib/log/log-source'
import { hitFrom } from '@/app/_lib/log/search-hits'
import type { LogSearch } from '@/server/contract/views'

const TYPING_MS = 150
/** A log that grows is searched again, but not with every line. */
const AGAIN_MS = 2000

export interface LogSearchState {
  query: string
  setQuery: (query: string) => void
  caseSensitive: boolean
  setCaseSensitive: (on: boolean) => void
  /** Null while nothing was searched for or the answer is on its way. */
  found: LogSearch | null
  busy: boolean
  problem: string | null
  /** Place of the hit that is shown among all of them, from 0; -1 when none is. */
  at: number
  /** Number of the line of that hit. */
  line: number | null
  go: (direction: 1 | -1) => void
}

/**
 * Search over a whole log, in memory or not.
 *
 * @param total lines in the log; when it grows the search is repeated
 * @param topLine the line at the top of what is seen: the first hit is looked for from there
 * @param show brings a line into view
 */
export function useLogSearch(
  source: LogSource,
  total: number,
  { topLine, show }: { topLine: () => number; show: (n: number) => void },
): LogSearchState {
  const [query, setQuery] = useState('')
  const [caseSensitive, setCaseSensitive] = useState(false)
  const [found, setFound] = useState<LogSearch | null>(null)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const [at, setAt] = useState(-1)
  const searched = useRef({ query: '', caseSensitive: false, total: 0, time: 0 })
  const latest = useRef({ topLine, show })
  latest.current = { topLine, show }

  useEffect(() => {
    const before = searched.current
    const same = before.query === query && before.caseSensitive === caseSensitive
    if (query === '') {
      searched.current = { query, caseSensitive, total, time: 0 }
      setFound(null)
      setBusy(false)
      setProblem(null)
      setAt(-1)
      return
    }
    if (same && before.total === total) return
    const controller = new AbortController()
    if (!same) setBusy(true)
    const wait = same ? Math.max(0, before.time + AGAIN_MS - Date.now()) : TYPING_MS
    const timer = setTimeout(async () => {
      try {
        const result = await source.search(query, { caseSensitive }, controller.signal)
        if (controller.signal.aborted) return
        searched.current = { query, caseSensitive, total, time: Date.now() }
        setFound(result)
        setProblem(null)
        if (!same) {
          const place = hitFrom(result.lines, latest.current.topLine(), 1, true)
          setAt(place)
          const line = result.lines[place]
          if (line !== undefined) latest.current.show(line)
        }
      } catch (error) {
        if (!controller.signal.aborted) setProblem(messageOf(error))
      } finally {
        if (!controller.signal.aborted) setBusy(false)
      }
    }, wait)
    return () => {
      clearTimeout(timer)
      // A repeated search of a growing log is left to end, or a flood would never let one.
      if (!same) controller.abort()
    }
  }, [source, query, caseSensitive, total])

  const line = found?.lines[at] ?? null
  const go = (direction: 1 | -1) => {
    if (!found || found.lines.length === 0) return
    const place = hitFrom(found.lines, line ?? topLine(), direction, line === null)
    setAt(place)
    const next = found.lines[place]
    if (next !== undefined) show(next)
  }
  return { query, setQuery, caseSensitive, setCaseSensitive, found, busy, problem, at, line, go }
}
