import { createHash } from 'node:crypto'
import { chmod, mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { parse, stringify } from 'yaml'
import { compileTable, type TableFile, tableFile } from '../../../docker/bundle/egress/table.ts'
import { ROUTES_FILE } from '../../contract/bundle.ts'
import type { LiveRoute } from '../../contract/network.ts'
import type { EgressPlan } from '../../contract/plan.ts'
import { replaceFile } from '../../lib/replace-file.ts'

export type { TableFile } from '../../../docker/bundle/egress/table.ts'

/** The table that a bottle begins with: what was reviewed. It has no secret in it, only the names of slots. */
export const tableOf = ({ log, resolve, routes }: EgressPlan): TableFile => ({
  version: 1,
  log,
  frozen: false,
  resolve: { ...resolve },
  routes: routes.map(tableRoute),
})

/** A route as the bundle's schema has it: nothing that is absent is there as `undefined`. */
export const tableRoute = ({ host, ports, origin, auth, matches, gitFetch, scan }: LiveRoute) =>
  tableFile.shape.routes.element.parse({ host, ports, origin, auth, matches, gitFetch, scan })

/**
 * Writes a table as text, and reads it back as egress will.
 * @throws Error whose message names the first thing that egress would refuse
 */
export function tableText(table: TableFile): string {
  const text = stringify(table, { schema: 'core', lineWidth: 0, aliasDuplicateObjects: false })
  compileTable(text)
  return text
}

/** What the bundle tells of a table that it read, so that a table can be told from another. */
export const tableDigest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12)

/** @throws Error when the text is no table */
export const readTable = (text: string): TableFile =>
  tableFile.parse(parse(text, { schema: 'core', maxAliasCount: 0, logLevel: 'error' }))

/** The folder that the bundle sees: `state/<slug>/egress`. */
export const tableFolder = (stateFolder: string): string => path.join(stateFolder, 'egress')

/**
 * Puts a table where egress finds it. The folder can be read by the bundle's user, because it holds nothing secret; the
 * folder above it is the operator's alone.
 */
export async function writeTableFile(folder: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o755)
  await replaceFile(path.join(folder, ROUTES_FILE), text, 0o644)
}

/** @returns null when there is none */
export async function readTableFile(folder: string): Promise<string | null> {
  return readFile(path.join(folder, ROUTES_FILE), 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  })
}
