import type { StoredEvent } from '@/server/contract/events'
import type { LogPage, LogSearch } from '@/server/contract/views'

/** Where a log view gets a log from: our procedures, or the routes of a shared link. */
export interface LogSource {
  /** @param from number of the first line wanted @param count at most 2000 */
  page(from: number, count: number, signal: AbortSignal): Promise<LogPage>
  search(query: string, options: { caseSensitive: boolean }, signal: AbortSignal): Promise<LogSearch>
  /**
   * Hands on every event after `after`, in order, also across lost connections.
   * @returns stops it
   */
  follow(after: number, onEvents: (events: readonly StoredEvent[]) => void): () => void
  /** Address of the log as text. */
  textHref(options: { ansi: 'keep' | 'strip'; timestamps: boolean }): string
}
