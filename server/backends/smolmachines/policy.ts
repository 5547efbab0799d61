import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { createClient } from '@libsql/client'
import type { Cidr } from '../../contract/ids.ts'
import { HintedError, messageOf } from '../../errors.ts'
import { can, type SmolvmVersion } from './capabilities.ts'

/** Where smolvm keeps its records, one row for each machine: `vms(name TEXT PRIMARY KEY, data BLOB)`, the data as JSON. */
export function recordsFile(version: SmolvmVersion, env: NodeJS.ProcessEnv, platform = process.platform): string {
  if (env.SMOLVM_DATA_DIR && can(version, 'dataDirVariable')) return path.join(env.SMOLVM_DATA_DIR, 'server/smolvm.db')
  const home = env.HOME ?? homedir()
  const data =
    platform === 'darwin'
      ? path.join(home, 'Library/Application Support')
      : env.XDG_DATA_HOME || path.join(home, '.local/share')
  return path.join(data, 'smolvm/server/smolvm.db')
}

/**
 * Writes the allow list into the record of a machine that was made and not started yet, for versions that drop the list
 * of a machine made from an artifact; then reads it back. Fails closed: a record that cannot be written, or says
 * something else afterwards, must not be started.
 *
 * The data is written as a BLOB: a text there makes every later command of smolvm fail.
 * @param file where the records are, see `recordsFile`
 * @throws HintedError when the record does not hold exactly this list
 */
export async function forcePolicy(machine: string, allowCidrs: readonly Cidr[], file: string): Promise<void> {
  const why = await written(machine, allowCidrs, file).catch((error: unknown) => messageOf(error))
  if (why === null) return
  throw new HintedError(
    `What ${machine} may reach could not be written into its record: ${why}`,
    'The machine was not started. Install a newer smolvm (1.8.0 keeps the list itself), or choose the Docker container.',
  )
}

async function written(machine: string, allowCidrs: readonly Cidr[], file: string): Promise<string | null> {
  if (!existsSync(file)) return `${file} is not there.`
  const db = createClient({ url: `file:${file}` })
  try {
    await db.execute('PRAGMA busy_timeout = 15000')
    const changed = { ...(await recordOf(machine, db)), allowed_cidrs: allowCidrs, network: true }
    const data = Buffer.from(JSON.stringify(changed))
    const { rowsAffected } = await db.execute({ sql: 'UPDATE vms SET data = ? WHERE name = ?', args: [data, machine] })
    if (rowsAffected !== 1) return `its row was changed ${rowsAffected} times.`
    const kept = (await recordOf(machine, db)).allowed_cidrs
    return JSON.stringify(kept) === JSON.stringify(allowCidrs) ? null : `it says ${JSON.stringify(kept)} afterwards.`
  } finally {
    db.close()
  }
}

type Client = ReturnType<typeof createClient>

async function recordOf(machine: string, db: Client): Promise<Record<string, unknown>> {
  const { rows } = await db.execute({ sql: 'SELECT data FROM vms WHERE name = ?', args: [machine] })
  const data = rows[0]?.data
  if (!(data instanceof ArrayBuffer)) throw new Error(rows.length === 0 ? 'there is no such record.' : 'it is no blob.')
  return JSON.parse(Buffer.from(data).toString()) as Record<string, unknown>
}
