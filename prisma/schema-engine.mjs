#!/usr/bin/env node
// Stands in for Prisma's native schema engine, which the CLI would otherwise download: speaks the same protocol over
// @prisma/schema-engine-wasm and the libsql driver. For developers (`npx prisma migrate …`, `db push`); the product
// applies its migrations itself (server/db.ts), and `prisma generate` asks for `--version` only.
//
// The protocol was read off the CLI of Prisma 7.10 (packages/migrate/src/SchemaEngineCLI.ts in prisma/prisma):
//   --version                                            a name on stdout
//   --datasource '{"url":…}' cli <can-connect-to-database|create-database>
//   [--datamodels <file>] --datasource '{"url":…}'       JSON-RPC 2.0, one object per line, on stdin and stdout
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { PrismaLibSql } from '@prisma/adapter-libsql'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    datasource: { type: 'string' },
    datamodels: { type: 'string', multiple: true },
    version: { type: 'boolean' },
  },
})

const MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id" TEXT PRIMARY KEY NOT NULL, "checksum" TEXT NOT NULL, "finished_at" DATETIME, "migration_name" TEXT NOT NULL,
    "logs" TEXT, "rolled_back_at" DATETIME, "started_at" DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0)`

if (values.version) console.log('schema-engine-cli wasm')
else if (positionals[0] === 'cli') oneCommand(positionals[1])
else await serve()

function databaseFile() {
  const { url } = JSON.parse(String(values.datasource ?? '{}'))
  if (!url?.startsWith('file:')) throw new Error('The database must be a file: set BOT_BOTTLE_DATABASE_URL=file:/path.')
  return url.startsWith('file://') ? fileURLToPath(url) : path.resolve(url.slice('file:'.length))
}

function oneCommand(command) {
  const file = databaseFile()
  if (command === 'create-database') return writeFileSync(file, '', { flag: 'a', mode: 0o600 })
  if (command !== 'can-connect-to-database' || existsSync(file)) return
  // The CLI drops the first line of stderr and parses every other one.
  const fields = { error_code: 'P1003', message: `Database \`${path.basename(file)}\` does not exist` }
  process.stderr.write(`\n${JSON.stringify({ level: 'ERROR', target: 'schema_engine::logger', fields })}`)
  process.exitCode = 1
}

async function serve() {
  const SchemaEngine = loadEngine()
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, method, params } = JSON.parse(line)
    if (!method) continue // the CLI's answer to `print`
    const answer = await call(SchemaEngine, method, params).then(
      (result) => ({ result: result ?? null }),
      (error) => ({ error: rpcError(error) }),
    )
    // The native engine prints by asking the CLI to; this one hands the text back.
    if (answer.result?.stdout) send({ id, method: 'print', params: { content: answer.result.stdout.trimEnd() } })
    send({ id, ...answer })
  }
}

function send(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
}

/** The package's own entry imports wasm as a module, which Node 20 does only with a flag. */
function loadEngine() {
  const folder = path.dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg'))
  const wasm = new WebAssembly.Module(readFileSync(path.join(folder, 'schema_engine_bg.wasm')))
  const instance = new WebAssembly.Instance(wasm, { './schema_engine_bg.js': bindings })
  bindings.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  return bindings.SchemaEngine
}

async function call(SchemaEngine, method, params) {
  if (method === 'reset') {
    const file = databaseFile()
    for (const end of ['', '-wal', '-shm', '-journal']) rmSync(file + end, { force: true })
    return null
  }
  try {
    return await once(SchemaEngine, method, params)
  } catch (error) {
    // The native engine says "not initialised" where this one says that its table is missing.
    if (!/_prisma_migrations/.test(String(error?.message ?? error))) throw error
    await withAdapter((adapter) => adapter.executeScript(MIGRATIONS_TABLE))
    return once(SchemaEngine, method, params)
  }
}

/** One engine for each request: an instance gives out its shadow database only once. */
async function once(SchemaEngine, method, params) {
  const open = []
  const factory = bindMigrationAwareSqlAdapterFactory(adapterFactory(open))
  const models = values.datamodels?.map((file) => [file, readFileSync(file, 'utf8')])
  const engine = await SchemaEngine.new({ datamodels: models }, () => {}, factory)
  try {
    // These two read what this one has found out.
    if (method === 'evaluateDataLoss' || method === 'createMigration') {
      await engine.devDiagnostic({ migrationsList: params.migrationsList, filters: params.filters })
    }
    return await engine[method](params)
  } finally {
    engine.free()
    // Applying a migration leaves the file locked for as long as its connection lives.
    for (const adapter of open) await adapter.dispose()
  }
}

/** @param open gathers the connections that are made */
function adapterFactory(open) {
  const libsql = new PrismaLibSql({ url: pathToFileURL(databaseFile()).href, timeout: 5000 })
  const kept = async (connecting) => {
    const adapter = await connecting
    open.push(adapter)
    return adapter
  }
  return {
    provider: libsql.provider,
    adapterName: libsql.adapterName,
    connect: () => kept(libsql.connect()),
    connectToShadowDb: async () => {
      const shadow = await kept(libsql.connectToShadowDb())
      // Whole migrations are sent this way, and the driver would run their first statement only.
      const executeRaw = shadow.executeRaw.bind(shadow)
      shadow.executeRaw = (query) =>
        query.args.length > 0 ? executeRaw(query) : shadow.executeScript(query.sql).then(() => 0)
      return shadow
    },
  }
}

async function withAdapter(work) {
  const open = []
  try {
    await work(await adapterFactory(open).connect())
  } finally {
    for (const adapter of open) await adapter.dispose()
  }
}

/** As the native engine reports errors: a known one has a code, and the CLI prints its message. */
function rpcError(error) {
  const told = String(error?.message ?? error)
  const code = error?.code ?? error?.error_code
  return { code: 4466, message: told, data: { is_panic: false, message: told, ...(code && { error_code: code }) } }
}
