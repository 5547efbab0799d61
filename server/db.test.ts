import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from './db.ts'
import { HostProblemError } from './errors.ts'
import { addBottle } from './testing/scratch-log.ts'

const shipped = path.join(import.meta.dirname, '..', 'prisma', 'migrations')

function scratchFolder(name = 'home') {
  const folder = mkdtempSync(path.join(tmpdir(), 'bot-bottle-db-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return path.join(folder, name)
}

/** The shipped migrations and further ones, by name. */
function migrationsWith(more: Record<string, string>) {
  const folder = scratchFolder('migrations')
  cpSync(shipped, folder, { recursive: true })
  for (const [name, sql] of Object.entries(more)) {
    mkdirSync(path.join(folder, name))
    writeFileSync(path.join(folder, name, 'migration.sql'), sql)
  }
  return folder
}

const mode = (file: string) => (statSync(file).mode & 0o777).toString(8)

test('an empty home gets a database that only its owner can read', async () => {
  const home = scratchFolder()
  const db = await openDatabase(home)
  await addBottle(db, 'demo')
  expect([mode(home), mode(`${home}/dashboard.db`), mode(`${home}/dashboard.db-wal`)]).toEqual(['700', '600', '600'])
  await db.$disconnect()
})

test('what was stored is there when the database is opened again, also under a strange path', async () => {
  const home = scratchFolder('50% of #1? ünïcode')
  const first = await openDatabase(home)
  await addBottle(first, 'demo')
  await first.$disconnect()
  const second = await openDatabase(home)
  expect(await second.bottle.count()).toBe(1)
  await second.$disconnect()
})

test('a newer version’s migrations are applied to what is there, and rows survive a rebuilt table', async () => {
  const home = scratchFolder()
  const old = await openDatabase(home)
  await addBottle(old, 'demo')
  await old.event.create({ data: { slug: 'demo', seq: 1, at: 1n, type: 'state', line: 1, data: '{}' } })
  await old.$disconnect()
  const rebuild = `PRAGMA foreign_keys=OFF;
    CREATE TABLE "new_Bottle" AS SELECT * FROM "Bottle"; DROP TABLE "Bottle"; ALTER TABLE "new_Bottle" RENAME TO "Bottle";
    PRAGMA foreign_keys=ON;`
  const newer = await openDatabase(home, migrationsWith({ '0002_rebuild': rebuild }))
  expect([await newer.bottle.count(), await newer.event.count()]).toEqual([1, 1])
  await newer.$disconnect()
})

test('a migration that fails leaves nothing behind, and is tried again at the next start', async () => {
  const home = scratchFolder()
  const broken = migrationsWith({ '0002_half': 'CREATE TABLE "Half" (id TEXT); SELECT nonsense FROM nowhere;' })
  await expect(openDatabase(home, broken)).rejects.toThrow(HostProblemError)
  const whole = migrationsWith({ '0002_half': 'CREATE TABLE "Half" (id TEXT);' })
  const db = await openDatabase(home, whole)
  expect(await db.$queryRaw`SELECT * FROM "Half"`).toEqual([])
  await db.$disconnect()
})

test('a database from a newer version is refused by name and left as it is', async () => {
  const home = scratchFolder()
  const newer = await openDatabase(home, migrationsWith({ '0099_future': 'CREATE TABLE "Future" (id TEXT);' }))
  await newer.$disconnect()
  await expect(openDatabase(home)).rejects.toThrow(/newer bot-bottle.*0099_future.*Start the newer version/)
})

test.for([
  ['no database at all', Buffer.from('this is a text file, not a database\n'.repeat(500)), 'damaged'],
  ['half a database', Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(5000, 0xff)]), 'damaged'],
] as const)('a file that is %s is reported as damaged, with what to do', async ([, content, told]) => {
  const home = scratchFolder()
  mkdirSync(home)
  writeFileSync(`${home}/dashboard.db`, content)
  const opening = openDatabase(home)
  await expect(opening).rejects.toThrow(HostProblemError)
  await expect(opening).rejects.toThrow(told)
  await expect(opening).rejects.toThrow('Move it away')
})

test('a home that is a file is reported with what to do', async () => {
  const home = scratchFolder()
  writeFileSync(home, '')
  await expect(openDatabase(home)).rejects.toThrow(/cannot be written.*BOT_BOTTLE_HOME/)
})

test.skipIf(process.getuid?.() === 0)(
  'a home that cannot be written is reported with what to do (not as root, who can)',
  async () => {
    const home = scratchFolder()
    mkdirSync(home)
    chmodSync(home, 0o500)
    await expect(openDatabase(home)).rejects.toThrow(/cannot be written.*chown/)
  },
)
