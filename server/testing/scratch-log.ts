import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { BottleEvent, StoredEvent } from '../contract/events.ts'
import type { BottleSlug } from '../contract/ids.ts'
import { type Database, openDatabase } from '../db.ts'
import { EventLog, type EventLogOptions } from '../events/log.ts'

export const slug = (name: string) => name as BottleSlug

/** A database in a folder of its own, gone when the test ends. */
export async function scratchDatabase(...bottles: string[]) {
  const home = mkdtempSync(path.join(tmpdir(), 'bot-bottle-db-'))
  const db = await openDatabase(home)
  for (const name of bottles) await addBottle(db, name)
  return {
    home,
    db,
    async [Symbol.asyncDispose]() {
      await db.$disconnect()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

export async function addBottle(db: Database, name: string): Promise<void> {
  await db.bottle.create({
    data: {
      slug: name,
      agent: 'shell',
      backend: 'docker',
      provider: 'shell',
      state: 'launching',
      plan: '{}',
      planDigest: '0'.repeat(64),
      stateSince: 1n,
      createdAt: 1n,
    },
  })
}

/** A log over a scratch database with the bottle `demo`. */
export async function scratchLog(options: EventLogOptions = {}) {
  const scratch = await scratchDatabase('demo')
  const log = await EventLog.open(scratch.db, options)
  return { ...scratch, log, [Symbol.asyncDispose]: scratch[Symbol.asyncDispose] }
}

export const output = (...lines: string[]): BottleEvent => ({
  type: 'output',
  step: 'agent image',
  stream: 'stdout',
  text: lines.map((line) => `${line}\n`).join(''),
})

export const partial = (text: string): BottleEvent => ({
  type: 'output',
  step: 'agent image',
  stream: 'stdout',
  text,
  partial: true,
})

/** What `follow` yields until `enough` says so. */
export async function collect(
  log: EventLog,
  after: number,
  enough: (events: readonly StoredEvent[]) => boolean,
): Promise<StoredEvent[]> {
  const events: StoredEvent[] = []
  const stop = new AbortController()
  for await (const batch of log.follow(slug('demo'), after, stop.signal)) {
    events.push(...batch)
    if (enough(events)) stop.abort()
  }
  return events
}
