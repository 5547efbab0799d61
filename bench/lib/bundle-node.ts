import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { StepOutput } from '../../server/bottles/step-output.ts'
import { installNode, NODE_PACKAGES } from '../../server/images/node-packages.ts'

const CACHE = path.join(import.meta.dirname, '../../.cache')

/**
 * Node as the bundle's image has it, so that what is measured is what runs: fetched once, as that image gets it.
 * @returns its path; where it cannot be had, this process's own with a note for the name of each figure
 */
export async function bundleNode(): Promise<{ command: string; note: string }> {
  const pinned = NODE_PACKAGES[process.arch]?.node
  const folder = path.join(CACHE, `node-${pinned?.version}`)
  const command = path.join(folder, 'usr/local/bin/node')
  if (existsSync(command)) return { command, note: '' }
  mkdirSync(CACHE, { recursive: true })
  const scratch = mkdtempSync(path.join(CACHE, 'fetch-'))
  using output = new StepOutput('sidecar image', () => {})
  try {
    const root = path.join(scratch, 'root')
    for (const made of ['bin', 'lib']) mkdirSync(path.join(root, 'usr/local', made), { recursive: true })
    await installNode(root, scratch, { output, signal: AbortSignal.timeout(120_000) })
    renameSync(root, folder) // whole or not at all
    return { command, note: '' }
  } catch (error) {
    console.log(`Without the bundle’s Node ${pinned?.version ?? ''}: ${String(error)}`)
    return { command: process.execPath, note: ` on Node ${process.versions.node}, not the bundle’s` }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
