import path from 'node:path'
import { defineConfig } from 'prisma/config'

// The CLI wants to download a native schema engine. A path that exists stops that; `generate` only asks it for
// `--version`, and the migration commands speak its protocol (see prisma/schema-engine.mjs).
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= path.join(import.meta.dirname, 'prisma/schema-engine.mjs')
process.env.CHECKPOINT_DISABLE ??= '1'

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.BOT_BOTTLE_DATABASE_URL ?? 'file:./prisma/dev.db' },
})
