import type { PrismaClient } from '../../prisma/generated/client.ts'
import type { BottleState } from '../contract/events.ts'
import type { BackendName, BottleSlug, ManifestName, Sha256 } from '../contract/ids.ts'
import type { BottleColor, BottlePlan, FrozenPlan } from '../contract/plan.ts'

/** What is remembered of a bottle, also after it is gone. Times are epoch milliseconds. */
export interface BottleRecord {
  slug: BottleSlug
  agent: ManifestName
  backend: BackendName
  provider: string
  label: string | null
  color: BottleColor | null
  state: BottleState
  evidence: string
  exitCode: number | null
  leftBehind: readonly string[]
  plan: BottlePlan
  planDigest: Sha256
  /** What a resume would begin with; null where nothing was frozen. */
  frozen: FrozenPlan | null
  /** When this run was confirmed: a resumed bottle is as old as its last run. */
  createdAt: number
  startedAt: number | null
  endedAt: number | null
  stateSince: number
}

/** What changes in the life of a bottle. */
export type BottleChange = Partial<
  Pick<
    BottleRecord,
    'state' | 'evidence' | 'exitCode' | 'leftBehind' | 'startedAt' | 'endedAt' | 'stateSince' | 'frozen'
  >
>

export interface BottleStore {
  load(): Promise<BottleRecord[]>
  insert(record: BottleRecord): Promise<void>
  /** Writes all that can change while it runs. */
  save(record: BottleRecord): Promise<void>
  /** Writes what a new run of a bottle that is known has changed. */
  renew(record: BottleRecord): Promise<void>
  /** Removes the bottle with its events and shares. */
  delete(slug: BottleSlug): Promise<void>
}

/** The `Bottle` table. */
export function bottleStore(db: PrismaClient): BottleStore {
  const changing = (record: BottleRecord) => ({
    state: record.state,
    evidence: record.evidence,
    exitCode: record.exitCode,
    leftBehind: JSON.stringify(record.leftBehind),
    frozen: record.frozen && JSON.stringify(record.frozen),
    startedAt: record.startedAt === null ? null : BigInt(record.startedAt),
    endedAt: record.endedAt === null ? null : BigInt(record.endedAt),
    stateSince: BigInt(record.stateSince),
  })
  return {
    load: async () => {
      const rows = await db.bottle.findMany({ orderBy: { createdAt: 'asc' } })
      // Written by `insert` and `save` below, so the words in the columns are those of the types.
      return rows.map(
        (row): BottleRecord => ({
          slug: row.slug as BottleSlug,
          agent: row.agent as ManifestName,
          backend: row.backend as BackendName,
          provider: row.provider,
          label: row.label,
          color: row.color as BottleColor | null,
          state: row.state as BottleState,
          evidence: row.evidence ?? '',
          exitCode: row.exitCode,
          leftBehind: JSON.parse(row.leftBehind) as string[],
          plan: JSON.parse(row.plan) as BottlePlan,
          planDigest: row.planDigest as Sha256,
          frozen: row.frozen === null ? null : (JSON.parse(row.frozen) as FrozenPlan),
          createdAt: Number(row.createdAt),
          startedAt: row.startedAt === null ? null : Number(row.startedAt),
          endedAt: row.endedAt === null ? null : Number(row.endedAt),
          stateSince: Number(row.stateSince),
        }),
      )
    },
    insert: async (record) => {
      const { slug, agent, backend, provider, label, color, planDigest } = record
      const plan = JSON.stringify(record.plan)
      const createdAt = BigInt(record.createdAt)
      await db.bottle.create({
        data: { slug, agent, backend, provider, label, color, planDigest, plan, createdAt, ...changing(record) },
      })
    },
    save: async (record) => {
      await db.bottle.updateMany({ where: { slug: record.slug }, data: changing(record) })
    },
    renew: async (record) => {
      const { slug, provider, planDigest } = record
      const plan = JSON.stringify(record.plan)
      const createdAt = BigInt(record.createdAt)
      await db.bottle.update({
        where: { slug },
        data: { provider, planDigest, plan, createdAt, ...changing(record) },
      })
    },
    delete: async (slug) => {
      await db.bottle.deleteMany({ where: { slug } })
    },
  }
}
