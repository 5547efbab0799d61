import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fingerprint } from './fingerprint.mjs'
import { inRoot } from './places.mjs'
import { runNode } from './run.mjs'
import { say } from './say.mjs'

const stamp = inRoot('prisma/generated/.schema')

/** Generates the database client when the schema (or Prisma) changed. */
export async function ensurePrismaClient() {
  const wanted = fingerprint(['prisma/schema.prisma', 'prisma.config.ts', 'node_modules/prisma/package.json'])
  if (readOrNull(stamp) === wanted && readOrNull(inRoot('prisma/generated/client.ts')) !== null) return
  say('Generating the database client …')
  const code = await runNode('prisma/build/index.js', ['generate'], { quiet: true })
  if (code !== 0) throw new Error(`prisma generate failed with code ${code}.`)
  mkdirSync(inRoot('prisma/generated'), { recursive: true })
  writeFileSync(stamp, wanted)
}

function readOrNull(/** @type {string} */ file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
