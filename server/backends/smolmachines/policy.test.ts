import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createClient } from '@libsql/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Cidr } from '../../contract/ids.ts'
import { forcePolicy, recordsFile } from './policy.ts'

const LIST = ['192.168.40.2/32' as Cidr]
const RECORD = { name: 'm', image: 'x', env: [['A', 'ü']], allowed_cidrs: null, network: false, pid: null }

let folder = ''
let file = ''
let db: ReturnType<typeof createClient>
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bot-bottle-records-'))
  file = path.join(folder, 'smolvm.db')
  db = createClient({ url: `file:${file}` })
  await db.execute('PRAGMA journal_mode = WAL')
  await db.execute('CREATE TABLE vms (name TEXT PRIMARY KEY, data BLOB)')
})
afterEach(async () => {
  db.close()
  await rm(folder, { recursive: true, force: true })
})

const insert = (name: string, data: Uint8Array | string) =>
  db.execute({ sql: 'INSERT INTO vms VALUES (?, ?)', args: [name, data] })
const row = async (name: string) =>
  (await db.execute({ sql: 'SELECT typeof(data) AS type, data FROM vms WHERE name = ?', args: [name] })).rows[0]!
const recordOf = async (name: string) => JSON.parse(Buffer.from((await row(name)).data as ArrayBuffer).toString())

test('writes the list as a blob, switches the network on, and changes nothing else', async () => {
  const data = Buffer.from(JSON.stringify(RECORD))
  await insert('m', data)
  await insert('other', data)
  await forcePolicy('m', LIST, file)
  expect((await row('m')).type).toBe('blob')
  expect(await recordOf('m')).toEqual({ ...RECORD, allowed_cidrs: LIST, network: true })
  expect(await recordOf('other')).toEqual(RECORD)
})

test('may be done twice', async () => {
  await insert('m', Buffer.from(JSON.stringify(RECORD)))
  await forcePolicy('m', LIST, file)
  await forcePolicy('m', LIST, file)
  expect((await recordOf('m')).allowed_cidrs).toEqual(LIST)
})

test('a record that is text, which no smolvm could read again, is refused and left as it is', async () => {
  await insert('m', JSON.stringify(RECORD))
  await expect(forcePolicy('m', LIST, file)).rejects.toThrow('it is no blob')
  expect((await row('m')).data).toBe(JSON.stringify(RECORD))
})

test('a machine without a record, and no records at all, are refused', async () => {
  await expect(forcePolicy('m', LIST, file)).rejects.toThrow('there is no such record')
  await expect(forcePolicy('m', LIST, path.join(folder, 'nowhere.db'))).rejects.toThrow('is not there')
})

test('a record that cannot be read is refused', async () => {
  await insert('m', Buffer.from('{"allowed'))
  await expect(forcePolicy('m', LIST, file)).rejects.toThrow('could not be written')
})

test('a record that says something else afterwards is refused', async () => {
  await insert('m', Buffer.from(JSON.stringify(RECORD)))
  await db.execute(
    `CREATE TRIGGER undo AFTER UPDATE ON vms WHEN CAST(new.data AS TEXT) LIKE '%192.168%'
     BEGIN UPDATE vms SET data = CAST('{"allowed_cidrs":["0.0.0.0/0"]}' AS BLOB) WHERE name = new.name; END`,
  )
  await expect(forcePolicy('m', LIST, file)).rejects.toThrow('it says ["0.0.0.0/0"] afterwards')
})

test('finds the records where each version and system keeps them', () => {
  const plain = { NODE_ENV: 'test', HOME: '/h' } as const
  const env = { ...plain, SMOLVM_DATA_DIR: '/data' }
  expect(recordsFile('1.2.5', env)).toBe('/data/server/smolvm.db')
  expect(recordsFile('1.2.4', env, 'linux')).toBe('/h/.local/share/smolvm/server/smolvm.db')
  expect(recordsFile('0.8.0', { ...plain, XDG_DATA_HOME: '/x' }, 'linux')).toBe('/x/smolvm/server/smolvm.db')
  expect(recordsFile('0.8.0', plain, 'darwin')).toBe('/h/Library/Application Support/smolvm/server/smolvm.db')
})
