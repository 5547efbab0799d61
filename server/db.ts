import { createHash, randomUUID } from 'node:crypto'
import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Client, createClient } from '@libsql/client'
import { PrismaLibSql } from '@prisma/adapter-libsql'
import { PrismaClient } from '../prisma/generated/client.ts'
import { HostProblemError, messageOf } from './errors.ts'

export type Database = PrismaClient

/** How long a statement waits for another process that writes. */
const BUSY_TIMEOUT_MS = 5000

/** `prisma/migrations` of this installation: one level above both `server/` and the built `dist/`. */
const MIGRATIONS = path.join(import.meta.dirname, '..', 'prisma', 'migrations')

/**
 * Opens `<home>/dashboard.db`, makes it when it is not there, and brings it to this version's tables.
 *
 * Call it once per process: with two clients in one process SQLite's lock blocks the event loop that would have to
 * release it. Close with `$disconnect`.
 *
 * @param home made with mode 0700 when it is missing; the database file gets 0600, as do SQLite's files beside it
 * @throws HostProblemError when the file was written by a newer version, is damaged, cannot be written, or the disk
 *   is full; the message says what to do
 */
export async function openDatabase(home: string, migrations = MIGRATIONS): Promise<Database> {
  const file = path.join(home, 'dashboard.db')
  const config = { url: pathToFileURL(file).href, timeout: BUSY_TIMEOUT_MS }
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 })
    closeSync(openSync(file, 'a', 0o600))
    chmodSync(file, 0o600) // SQLite gives its -wal and -shm files the mode of the database
    const client = createClient(config)
    try {
      await client.execute('PRAGMA journal_mode=WAL')
      await migrate(client, file, migrations)
    } finally {
      client.close()
    }
  } catch (error) {
    throw explained(file, error)
  }
  return new PrismaClient({ adapter: new PrismaLibSql(config) })
}

/** What Prisma's own `migrate deploy` keeps, so that its `migrate status` agrees with what is done here. */
const BOOK = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
)`

async function migrate(client: Client, file: string, folder: string): Promise<void> {
  await client.execute(BOOK)
  const rows = await client.execute(
    'SELECT migration_name, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY migration_name',
  )
  const ours = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
  const applied = new Set(rows.rows.map((row) => String(row.migration_name)))
  const unknown = [...applied].filter((name) => !ours.includes(name))
  if (unknown.length > 0) throw new NewerDatabaseError(file, unknown)
  for (const name of ours) {
    if (!applied.has(name)) await apply(client, name, readFileSync(path.join(folder, name, 'migration.sql'), 'utf8'))
  }
}

/**
 * Runs one migration and books it, both or neither, so that a server killed in the middle starts cleanly again.
 * Foreign keys are switched off before the transaction begins, because the `PRAGMA foreign_keys=OFF` inside Prisma's
 * table rebuilds has no effect within one (https://www.sqlite.org/pragma.html#pragma_foreign_keys).
 */
async function apply(client: Client, name: string, script: string): Promise<void> {
  const checksum = createHash('sha256').update(script).digest('hex')
  const now = new Date().toISOString()
  await client.executeMultiple(`PRAGMA foreign_keys=OFF;
BEGIN IMMEDIATE;
${script};
INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
VALUES ('${randomUUID()}', '${checksum}', '${name.replaceAll("'", "''")}', '${now}', '${now}', 1);
COMMIT;
PRAGMA foreign_keys=ON;`)
}

class NewerDatabaseError extends HostProblemError {
  constructor(file: string, unknown: readonly string[]) {
    super(
      `${file} was last used by a newer bot-bottle: it holds changes that this version does not know (${unknown.join(', ')}). ` +
        'Nothing was touched. Start the newer version, or set BOT_BOTTLE_HOME to another folder for this one.',
    )
  }
}

/** Turns what SQLite or the file system said into what happened and what to do. */
function explained(file: string, error: unknown): HostProblemError {
  if (error instanceof HostProblemError) return error
  const told = messageOf(error)
  const about = { details: told, cause: error }
  if (/NOTADB|not a database|CORRUPT|malformed/i.test(told)) {
    return new HostProblemError(
      `${file} is damaged and cannot be read. Move it away and start again: bottles that run are found again by their ` +
        'labels, but earlier logs, plans and share links stay behind in the moved file.',
      about,
    )
  }
  if (/SQLITE_FULL|ENOSPC|is full|no space left/i.test(told)) {
    return new HostProblemError(
      `There is no space left for ${file}. Free some space on that disk and start again.`,
      about,
    )
  }
  if (/SQLITE_BUSY|is locked/.test(told)) {
    return new HostProblemError(
      `${file} is in use by another program that does not let go of it. Close what has it open (a second bot-bottle, ` +
        'a database viewer) and start again.',
      about,
    )
  }
  if (/EACCES|EPERM|EROFS|READONLY|CANTOPEN|unable to open|ENOTDIR|EISDIR|EEXIST/i.test(told)) {
    return new HostProblemError(
      `${file} cannot be written. Make the file and its folder belong to the user that starts bot-bottle ` +
        '(chown), or set BOT_BOTTLE_HOME to a folder that does.',
      about,
    )
  }
  return new HostProblemError(
    `${file} cannot be brought up to date: ${told}. It was left as it was. Start the version that was used before, ` +
      'or move the file away to begin with an empty one.',
    about,
  )
}
