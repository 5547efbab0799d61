import { Prisma, type PrismaClient } from '../../prisma/generated/client.ts'
import type { BottleEvent, BottleState, LogEvent, NetworkEvent, StoredEvent } from '../contract/events.ts'
import type { BottleSlug, EventSeq } from '../contract/ids.ts'

/** How far the log of one bottle has come. */
export interface Head {
  seq: number
  /** Log lines so far. */
  lines: number
  /** As the last `state` event said. */
  state: BottleState | null
}

type Output = Extract<BottleEvent, { type: 'output' }>
export type Mark = Exclude<LogEvent, { type: 'output' | 'progress' }>

const MARKS = Object.keys({
  'step-started': true,
  'step-done': true,
  'step-failed': true,
  state: true,
  'release-done': true,
  'release-failed': true,
  dropped: true,
} satisfies Record<Mark['type'], true>)

/** Whole lines of one stored event. */
export interface StoredLines {
  at: number
  firstLine: number
  lines: number
  event: Output
}
/** A stored event that stands between lines. */
export interface StoredMark {
  at: number
  beforeLine: number
  event: Mark
}

/** A stored event of the boundary. */
export interface StoredNetworkEvent<T extends NetworkEvent['type'] = NetworkEvent['type']> {
  seq: EventSeq
  at: number
  event: Extract<NetworkEvent, { type: T }>
}

interface Row {
  seq: number
  at: number | bigint
  line: number
  lines: number
  data: string
}

/** A stored event with its place among the lines: its first line, or the line that comes next. */
export interface NewRow {
  stored: StoredEvent
  line: number
}

/** The table `Event` in SQL; knows nothing of order, numbers or readers. */
export class EventStore {
  constructor(private readonly db: Pick<PrismaClient, '$queryRaw' | '$executeRaw'>) {}

  /** Of every bottle, with or without events. */
  async heads(): Promise<Map<BottleSlug, Head>> {
    const rows = await this.db.$queryRaw<{ slug: BottleSlug; seq: number; lines: number; state: string | null }[]>`
      SELECT b.slug,
        COALESCE((SELECT MAX(seq) FROM Event e WHERE e.slug = b.slug), 0) AS seq,
        COALESCE((SELECT line + lines - 1 FROM Event e WHERE e.slug = b.slug AND type = 'output' AND lines > 0
          ORDER BY line DESC LIMIT 1), 0) AS lines,
        (SELECT data ->> 'state' FROM Event e WHERE e.slug = b.slug AND type = 'state'
          ORDER BY line DESC, seq DESC LIMIT 1) AS state
      FROM Bottle b`
    return new Map(
      rows.map(({ slug, seq, lines, state }) => [
        slug,
        { seq: Number(seq), lines: Number(lines), state: state as BottleState | null },
      ]),
    )
  }

  /** Adds rows, all or none. @param rows at most 4000: SQLite takes 32,766 parameters, and each row has eight */
  async insert(slug: BottleSlug, rows: readonly NewRow[]): Promise<void> {
    const values = rows.map(({ line, stored: { seq, at, lines, event } }) => {
      const step = 'step' in event ? (event.step ?? null) : null
      return Prisma.sql`(${slug}, ${seq}, ${at}, ${event.type}, ${step}, ${line}, ${lines}, ${JSON.stringify(event)})`
    })
    await this.db.$executeRaw`
      INSERT INTO Event (slug, seq, at, type, step, line, lines, data) VALUES ${Prisma.join(values)}`
  }

  async delete(slug: BottleSlug, seqs: readonly number[]): Promise<void> {
    await this.db.$executeRaw`DELETE FROM Event WHERE slug = ${slug} AND seq IN (${Prisma.join([...seqs])})`
  }

  async deleteAll(slug: BottleSlug): Promise<void> {
    await this.db.$executeRaw`DELETE FROM Event WHERE slug = ${slug}`
  }

  /** The next events after a number, in order. */
  async after(slug: BottleSlug, seq: number, limit: number): Promise<StoredEvent[]> {
    const rows = await this.db.$queryRaw<Row[]>`
      SELECT seq, at, line, lines, data FROM Event WHERE slug = ${slug} AND seq > ${seq} ORDER BY seq LIMIT ${limit}`
    return rows.map((row) => ({
      seq: Number(row.seq) as EventSeq,
      at: Number(row.at),
      firstLine: Number(row.lines) > 0 ? Number(row.line) : null,
      lines: Number(row.lines),
      event: JSON.parse(row.data) as BottleEvent,
    }))
  }

  /** The events that hold lines `from` to `to`, both included; the first and the last may hold more than was asked. */
  async lines(slug: BottleSlug, from: number, to: number): Promise<StoredLines[]> {
    const rows = await this.db.$queryRaw<Row[]>`
      SELECT seq, at, line, lines, data FROM Event
      WHERE slug = ${slug} AND type = 'output' AND lines > 0 AND line <= ${to} AND line >= COALESCE(
        (SELECT line FROM Event WHERE slug = ${slug} AND type = 'output' AND lines > 0 AND line <= ${from} ORDER BY line DESC LIMIT 1), 0)
      ORDER BY line`
    return rows.map((row) => ({
      at: Number(row.at),
      firstLine: Number(row.line),
      lines: Number(row.lines),
      event: JSON.parse(row.data) as Output,
    }))
  }

  /** Events of one kind before a number and not older than a time, newest first. */
  async before<T extends NetworkEvent['type']>(
    slug: BottleSlug,
    type: T,
    { seq, limit, since }: { seq: number; limit: number; since: number },
  ): Promise<StoredNetworkEvent<T>[]> {
    const rows = await this.db.$queryRaw<Row[]>`
      SELECT seq, at, line, lines, data FROM Event
      WHERE slug = ${slug} AND type = ${type} AND seq < ${seq} AND at >= ${since}
      ORDER BY seq DESC LIMIT ${limit}`
    return rows.map((row) => ({
      seq: Number(row.seq) as EventSeq,
      at: Number(row.at),
      event: JSON.parse(row.data) as Extract<NetworkEvent, { type: T }>,
    }))
  }

  /** What stands directly before lines `from` to `to`, both included, in order. */
  async marks(slug: BottleSlug, from: number, to: number): Promise<StoredMark[]> {
    const rows = await this.db.$queryRaw<Row[]>`
      SELECT seq, at, line, lines, data FROM Event
      WHERE slug = ${slug} AND type IN (${Prisma.join(MARKS)}) AND line BETWEEN ${from} AND ${to}
      ORDER BY seq`
    return rows.map((row) => ({
      at: Number(row.at),
      beforeLine: Number(row.line),
      event: JSON.parse(row.data) as Mark,
    }))
  }
}
