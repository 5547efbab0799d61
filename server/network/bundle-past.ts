import type { BottleSlug } from '../contract/ids.ts'
import type { BottleEgress } from '../contract/views.ts'
import type { EventLog } from '../events/log.ts'
import type { AuditStore } from './audit-store.ts'

/** What is stored of a bottle's bundle: where whoever follows it now goes on. */
export interface BundlePast {
  /** Digest of the table that egress was last heard to have in force; null when nothing is known. */
  confirmed: string | null
  probe: BottleEgress['probe']
  /** Why the bundle ended, in its own words; null where it was up when it was last heard of. */
  lastWords: string | null
  /** Number of the last of its lines that is stored; 0 when none is. */
  seen: number
}

/** @param since epoch milliseconds: a bottle that runs once more has another bundle, which counts its lines from one */
export async function bundlePast(
  events: Pick<EventLog, 'network'>,
  audit: Pick<AuditStore, 'lastN'>,
  slug: BottleSlug,
  since: number,
): Promise<BundlePast> {
  const [[routes], [probe], [bundle], seen] = await Promise.all([
    events.network(slug, 'routes', { limit: 1, since }),
    events.network(slug, 'probe', { limit: 1, since }),
    events.network(slug, 'bundle', { limit: 1, since }),
    audit.lastN(slug, since),
  ])
  return {
    confirmed: routes?.event.inForce ? routes.event.digest : null,
    probe: probe?.event.verdict ?? 'unknown',
    lastWords: bundle?.event.daemon === 'bundle' && bundle.event.state !== 'up' ? bundle.event.why : null,
    seen,
  }
}
