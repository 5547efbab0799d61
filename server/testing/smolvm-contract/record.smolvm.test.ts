import { stat } from 'node:fs/promises'
import path from 'node:path'
import { type Client, createClient, type Value } from '@libsql/client/sqlite3'
import { expect, test } from 'vitest'
import { onEveryTarget } from './on-every-target.ts'

onEveryTarget('the record', (bench) => {
  const withDb = async <T>(use: (db: Client) => Promise<T>): Promise<T> => {
    const db = createClient({ url: `file:${bench.smolvm.database}` })
    try {
      return await use(db)
    } finally {
      db.close()
    }
  }
  const recordOf = (name: string) =>
    withDb(async (db) => {
      const { rows } = await db.execute({ sql: 'SELECT data FROM vms WHERE name = ?', args: [name] })
      return JSON.parse(new TextDecoder().decode(blob(rows[0]!.data))) as Record<string, unknown>
    })
  const put = (name: string, data: string | Uint8Array) =>
    withDb((db) => db.execute({ sql: 'UPDATE vms SET data = ? WHERE name = ?', args: [data, name] }))

  test('is a row of SQLite below the home, with a blob of JSON, and says what was asked for', async () => {
    const args = [
      '--allow-cidr',
      '10.1.2.3',
      '--allow-cidr',
      '10.2.0.0/16',
      '-e',
      'A=b=c',
      '--cpus',
      '2',
      '--mem',
      '512',
    ]
    await bench.smolvm.create('row', [...bench.image, ...args])
    expect(await recordOf('row')).toMatchObject({
      name: 'row',
      state: 'created',
      network: true,
      allowed_cidrs: ['10.1.2.3/32', '10.2.0.0/16'],
      env: [['A', 'b=c']],
      cpus: 2,
      mem: 512,
    })
    await bench.smolvm.remove('row')
  })

  test('without a policy the list is null, which means open', async () => {
    await bench.smolvm.create('open', [...bench.image, '--net'])
    expect(await recordOf('open')).toMatchObject({ network: true, allowed_cidrs: null })
    await bench.smolvm.remove('open')
  })

  test('what is written to it between create and start is in force', async () => {
    await bench.smolvm.create('patched', bench.image)
    const record = { ...(await recordOf('patched')), env: [['PATCHED', 'yes']] }
    await put('patched', new TextEncoder().encode(JSON.stringify(record)))
    await bench.smolvm.start('patched')
    expect((await bench.smolvm.sh('patched', 'echo $PATCHED')).stdout).toBe('yes\n')
    await bench.smolvm.remove('patched')
  })

  test('a value that is text and no blob makes every later command fail', async () => {
    await bench.smolvm.create('text', bench.image)
    const record = await recordOf('text')
    await put('text', JSON.stringify(record))
    expect(await bench.smolvm.run(['machine', 'ls', '--json'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('database operation failed'),
    })
    expect((await bench.smolvm.run(['machine', 'start', '--name', 'text'])).code).toBe(1)
    await put('text', new TextEncoder().encode(JSON.stringify(record)))
    await bench.smolvm.remove('text')
  })

  test('SMOLVM_DATA_DIR moves it from 1.2.5', async () => {
    const folder = path.join(bench.folder, 'elsewhere')
    await bench.smolvm.good(['machine', 'ls'], { env: { SMOLVM_DATA_DIR: folder } })
    const moved = await stat(path.join(folder, 'server/smolvm.db')).catch(() => null)
    expect(moved !== null).toBe(bench.has('data dir variable'))
  })
})

function blob(value: Value | undefined): ArrayBuffer {
  if (!(value instanceof ArrayBuffer)) throw new Error('The record is no blob.')
  return value
}
