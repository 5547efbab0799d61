import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { createClient } from '@libsql/client'
import { EGRESS_PORT } from '../../contract/bundle.ts'
import type { BottleSlug } from '../../contract/ids.ts'
import { stateFolder } from '../../engine/tools.ts'
import { HintedError } from '../../errors.ts'
import { type AliasKind, aliasCommand, aliasesOf } from './addressing.ts'
import { readMachineFile } from './machine-file.ts'
import { isAlive, processMark } from './process-mark.ts'

/** Who has an address: a bottle of a home, and the process that launched it. */
interface Lease {
  address: string
  home: string
  slug: string
  owner: string
}

const TABLE = `CREATE TABLE IF NOT EXISTS leases (
  address TEXT PRIMARY KEY, home TEXT NOT NULL, slug TEXT NOT NULL, owner TEXT NOT NULL)`
const BUSY_MS = 10_000

interface Asking {
  home: string
  slug: BottleSlug
  /** Absolute path of `~/.cache/bot-bottle`: all homes of a user share the pool. */
  cache: string
}

/**
 * Takes one address of the pool for a bottle. Over processes and homes nobody else gets it: the database's primary key
 * decides, whoever comes at once. It stays the bottle's until `releaseAlias`; one whose owner died before its bottle
 * was there, or whose bottle is gone, is given away again.
 *
 * @throws HintedError when none can be had, with the command that adds what this machine has not
 */
export async function leaseAlias(kind: AliasKind, { home, slug, cache }: Asking): Promise<string> {
  const pool = aliasesOf(kind)
  return withLeases(cache, async (db) => {
    for (const stale of await staleOf(await leasesIn(db)))
      await db.execute({
        sql: 'DELETE FROM leases WHERE address = ? AND owner = ?',
        args: [stale.address, stale.owner],
      })
    const taken = new Set((await leasesIn(db)).map(({ address }) => address))
    const absent: string[] = []
    for (const address of pool.filter((each) => !taken.has(each))) {
      const state = await stateOf(address)
      if (state === 'absent') absent.push(address)
      if (state !== 'free') continue
      const sql = 'INSERT INTO leases (address, home, slug, owner) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING'
      const { rowsAffected } = await db.execute({ sql, args: [address, home, slug, processMark()] })
      if (rowsAffected === 1) return address
    }
    throw new HintedError(
      `None of the ${pool.length} addresses from ${pool[0]} to ${pool.at(-1)} is free for this bottle.`,
      absent.length > 0
        ? `This machine lacks ${absent.length} of them: ${aliasCommand(absent)}`
        : 'Stop bottles that are no longer needed.',
    )
  })
}

/** Gives back what a bottle has; nothing, where it has none or there is no pool. */
export async function releaseAlias({ home, slug, cache }: Asking): Promise<void> {
  if (!existsSync(fileIn(cache))) return
  await withLeases(cache, (db) =>
    db.execute({ sql: 'DELETE FROM leases WHERE home = ? AND slug = ?', args: [home, slug] }),
  )
}

/** Addresses of a pool that this machine has not: nobody can listen there. */
export async function absentAliases(kind: AliasKind): Promise<string[]> {
  const states = await Promise.all(
    aliasesOf(kind).map(async (address) => [address, await stateOf(address, 0)] as const),
  )
  return states.flatMap(([address, state]) => (state === 'absent' ? [address] : []))
}

/** A bottle's own file names its address once it is there; before that its launch's process vouches for it. */
async function staleOf(leases: readonly Lease[]): Promise<Lease[]> {
  const kept = await Promise.all(
    leases.map(async ({ address, home, slug, owner }) => {
      if (isAlive(owner)) return true
      return (await readMachineFile(stateFolder({ home }, slug as BottleSlug)))?.alias === address
    }),
  )
  return leases.filter((_, n) => !kept[n])
}

const fileIn = (cache: string) => path.join(cache, 'loopback.db')

type Client = ReturnType<typeof createClient>

async function withLeases<T>(cache: string, use: (db: Client) => Promise<T>): Promise<T> {
  await mkdir(cache, { recursive: true, mode: 0o700 })
  const db = createClient({ url: `file:${fileIn(cache)}`, timeout: BUSY_MS })
  try {
    await db.execute(TABLE)
    return await use(db)
  } finally {
    db.close()
  }
}

async function leasesIn(db: Client): Promise<Lease[]> {
  const { rows } = await db.execute('SELECT address, home, slug, owner FROM leases')
  return rows.map((row) => ({
    address: String(row.address),
    home: String(row.home),
    slug: String(row.slug),
    owner: String(row.owner),
  }))
}

/** @param port where the bundle will be published; 0: any, which asks for the address alone */
function stateOf(address: string, port = EGRESS_PORT): Promise<'free' | 'taken' | 'absent'> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'EADDRNOTAVAIL' ? 'absent' : 'taken'))
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve('free')))
  })
}
