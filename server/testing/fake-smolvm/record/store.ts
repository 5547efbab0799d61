import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import type { Client, InValue, Transaction } from '@libsql/client/sqlite3'
import { Failure, notFound } from '../failure.ts'
import type { MachineRecord } from './machine.ts'

const BUSY_MS = 15_000

/** The table `vms(name TEXT PRIMARY KEY, data BLOB)`: the truth between two commands, and what a patch changes. */
export class MachineStore {
  private constructor(private readonly db: Client) {}

  static async open(file: string): Promise<MachineStore> {
    const fresh = !existsSync(file)
    mkdirSync(path.dirname(file), { recursive: true })
    // Takes 60 ms to load: what is refused by its arguments alone does not wait for it.
    const { createClient } = await import('@libsql/client/sqlite3')
    const db = createClient({ url: `file:${file}`, timeout: BUSY_MS })
    const store = new MachineStore(db)
    await store.guarded('open', async () => {
      if (fresh) await db.execute('PRAGMA journal_mode = WAL')
      await db.execute('CREATE TABLE IF NOT EXISTS vms (name TEXT PRIMARY KEY, data BLOB NOT NULL)')
    })
    return store
  }

  /** @throws Failure when a row cannot be read, as one whose value is text: then every command fails */
  list(): Promise<MachineRecord[]> {
    return this.guarded('list', async () => {
      const { rows } = await this.db.execute('SELECT data FROM vms ORDER BY name')
      return rows.map(({ data }) => decode(data))
    })
  }

  /** @throws Failure when there is no such machine */
  async get(name: string): Promise<MachineRecord> {
    const record = (await this.list()).find((machine) => machine.name === name)
    if (!record) throw notFound(name)
    return record
  }

  /** @throws Failure when the name is taken */
  insert(record: MachineRecord): Promise<void> {
    return this.guarded('insert', async () => {
      const sql = 'INSERT INTO vms (name, data) VALUES (?, ?) ON CONFLICT DO NOTHING'
      const { rowsAffected } = await this.db.execute({ sql, args: [record.name, encode(record)] })
      if (rowsAffected === 0) throw taken(record.name)
    })
  }

  /** Reads, changes and writes in one transaction. @throws Failure when there is no such machine */
  update(name: string, change: (record: MachineRecord) => Partial<MachineRecord>): Promise<MachineRecord> {
    return this.guarded('update', async () => {
      const write = await this.db.transaction('write')
      try {
        const before = await rowOf(write, name)
        const after = { ...before, ...change(before) }
        await write.execute({ sql: 'UPDATE vms SET data = ? WHERE name = ?', args: [encode(after), name] })
        await write.commit()
        return after
      } finally {
        write.close()
      }
    })
  }

  remove(name: string): Promise<void> {
    return this.guarded('delete', async () => {
      await this.db.execute({ sql: 'DELETE FROM vms WHERE name = ?', args: [name] })
    })
  }

  close(): void {
    this.db.close()
  }

  private async guarded<T>(operation: string, use: () => Promise<T>): Promise<T> {
    try {
      return await use()
    } catch (error) {
      if (error instanceof Error && error.name === 'LibsqlError')
        throw new Failure(`database operation failed: ${operation}: ${error.message}`)
      throw error
    }
  }
}

export const taken = (name: string): Failure =>
  new Failure(`config operation failed: create: machine '${name}' already exists`)

async function rowOf(write: Transaction, name: string): Promise<MachineRecord> {
  const { rows } = await write.execute({ sql: 'SELECT data FROM vms WHERE name = ?', args: [name] })
  if (rows.length === 0) throw notFound(name)
  return decode(rows[0]!.data)
}

const encode = (record: MachineRecord): InValue => new TextEncoder().encode(JSON.stringify(record))

function decode(data: unknown): MachineRecord {
  if (!(data instanceof ArrayBuffer)) {
    throw new Failure('database operation failed: list: Invalid column type Text at index: 0, name: data')
  }
  return JSON.parse(new TextDecoder().decode(data)) as MachineRecord
}
