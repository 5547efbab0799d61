import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { createClient } from '@libsql/client'
import { expect, test } from 'vitest'
import { scratchDatabase } from '../server/testing/scratch-log.ts'

const root = path.join(import.meta.dirname, '..')

/** Runs the Prisma CLI on a database file, through prisma/schema-engine.mjs. */
const prisma = (file: string, ...args: string[]): string =>
  execFileSync(process.execPath, [path.join(root, 'node_modules/prisma/build/index.js'), ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, BOT_BOTTLE_DATABASE_URL: pathToFileURL(file).href, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })

test('the migrations make exactly the tables of schema.prisma', async () => {
  await using scratch = await scratchDatabase()
  const said = prisma(
    `${scratch.home}/dashboard.db`,
    ...['migrate', 'diff', '--from-migrations', 'prisma/migrations', '--to-schema', 'prisma/schema.prisma'],
  )
  expect(said).toContain('No difference detected')
}, 30_000)

test('a database that the server migrated is up to date for Prisma’s own tools', async () => {
  await using scratch = await scratchDatabase()
  const file = `${scratch.home}/dashboard.db`
  expect(prisma(file, 'migrate', 'status')).toContain('Database schema is up to date')
  const client = createClient({ url: pathToFileURL(file).href })
  const { rows } = await client.execute('SELECT migration_name, applied_steps_count FROM _prisma_migrations')
  client.close()
  expect(rows.map((row) => [row.migration_name, row.applied_steps_count])).toEqual([
    ['0001_init', 1],
    ['0002_events_by_kind', 1],
    ['0003_frozen', 1],
  ])
}, 30_000)
