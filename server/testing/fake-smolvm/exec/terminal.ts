import { spawnSync } from 'node:child_process'
import { openSync } from 'node:fs'
import { WriteStream } from 'node:tty'
import type { World } from '../cli/command.ts'
import type { StartedExec } from '../machine/exec-inside.ts'

const WITHOUT_TERMINAL = { rows: 24, cols: 80 }

/** Size of the terminal that standard input is. */
function windowSize(): { rows: number; cols: number } {
  if (!process.stdin.isTTY) return WITHOUT_TERMINAL
  const screen = new WriteStream(openSync('/proc/self/fd/0', 'r+'))
  const [cols, rows] = screen.getWindowSize()
  screen.destroy()
  return { rows, cols }
}

/** Gives the guest's terminal the size of ours. It may have ended meanwhile. */
export async function resizeToOurs(world: World, { id }: StartedExec): Promise<void> {
  const { rows, cols } = windowSize()
  const engine = await world.engine()
  await engine.call('POST', `/exec/${id}/resize?h=${rows}&w=${cols}`).catch(() => null)
}

/**
 * From now on ours hands everything through and follows its size. By `stty`, because Node's raw mode still makes two
 * characters of each line's end. @returns to be called at the end
 */
export function bindTerminal(world: World, started: StartedExec): () => void {
  const follow = () => void resizeToOurs(world, started)
  process.on('SIGWINCH', follow)
  const before = process.stdin.isTTY ? stty('-g') : null
  if (before) stty('raw', '-echo')
  return () => {
    process.off('SIGWINCH', follow)
    if (before) stty(before)
  }
}

const stty = (...args: string[]): string =>
  spawnSync('stty', args, { stdio: ['inherit', 'pipe', 'ignore'] })
    .stdout.toString()
    .trim()
