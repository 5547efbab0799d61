import type { StoredEvent } from '@/server/contract/events'
import type { LogOutline, LogPage, LogSearch } from '@/server/contract/views'
import type { LogSource } from './log-source'

/** Types of events that a log is made of; a browser's EventSource hands on only those that it was asked for. */
const TYPES = [
  'step-started',
  'output',
  'step-done',
  'step-failed',
  'state',
  'release-done',
  'release-failed',
  'dropped',
] as const satisfies readonly StoredEvent['event']['type'][]

export interface SharedSource extends LogSource {
  outline(signal: AbortSignal): Promise<LogOutline>
}

/** A log read through a link, with nothing but what the link allows. @param onGone told when the link has ended */
export function sharedSource(token: string, onGone: () => void): SharedSource {
  const base = `/api/share/${encodeURIComponent(token)}`
  const ask = async <T>(path: string, signal: AbortSignal): Promise<T> => {
    const response = await fetch(`${base}/${path}`, { signal })
    if (response.status === 404) onGone()
    if (!response.ok) throw new Error(`the server answered ${response.status}`)
    return response.json() as Promise<T>
  }
  return {
    outline: (signal) => ask<LogOutline>('outline', signal),
    page: (from, count, signal) => ask<LogPage>(`page?from=${from}&count=${count}`, signal),
    search: (query, { caseSensitive }, signal) =>
      ask<LogSearch>(`search?query=${encodeURIComponent(query)}&caseSensitive=${caseSensitive ? 1 : 0}`, signal),
    follow: (after, onEvents) => {
      const stream = new EventSource(`${base}/events?after=${after}`)
      const take = ({ data }: MessageEvent<string>) => onEvents([JSON.parse(data) as StoredEvent])
      for (const type of TYPES) stream.addEventListener(type, take)
      stream.addEventListener('end', () => stream.close())
      return () => stream.close()
    },
    textHref: ({ ansi, timestamps }) => `${base}/log.txt?ansi=${ansi}&timestamps=${timestamps ? 1 : 0}&download=1`,
  }
}
