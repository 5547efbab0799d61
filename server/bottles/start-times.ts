import type { BackendName } from '../contract/ids.ts'
import type { BottleRecord } from './store.ts'

/** Older launches were on another machine, so to speak: other images, other load. */
const LATEST = 9

/** From confirm to the agent, milliseconds: the median of a backend's latest launches. @returns null when there was none */
export function startTime(backend: BackendName, records: readonly BottleRecord[]): number | null {
  const latest = records
    .filter((record) => record.backend === backend && record.startedAt !== null)
    .sort((a, b) => b.createdAt - a.createdAt)
    .slice(0, LATEST)
    .map((record) => record.startedAt! - record.createdAt)
    .sort((a, b) => a - b)
  return latest[Math.floor(latest.length / 2)] ?? null
}
