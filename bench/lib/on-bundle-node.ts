import { spawnSync } from 'node:child_process'
import { bundleNode } from './bundle-node.ts'

/**
 * Runs the bench that asks for it once more, on the bundle's Node, and ends this process. Returns where that is the Node
 * that runs already, or cannot be had.
 * @returns a note for the name of each figure, as `bundleNode`
 */
export async function onBundleNode(): Promise<string> {
  const { command, note } = await bundleNode()
  if (command === process.execPath) return note
  const { status } = spawnSync(command, [...process.execArgv, ...process.argv.slice(1)], { stdio: 'inherit' })
  process.exit(status ?? 1)
}
