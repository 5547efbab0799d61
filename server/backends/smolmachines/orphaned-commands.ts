import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { execa } from 'execa'
import { HintedError } from '../../errors.ts'

const LIMIT_MS = 60_000
const LOOK_MS = 200

/**
 * Waits until no command makes or starts a machine. A server that is killed leaves the command that it was waiting for,
 * which would put the machine there after it was deleted; ending it in the middle could leave half of one.
 *
 * @throws HintedError when the command does not end
 */
export async function untilNobodyMakes(machine: string): Promise<void> {
  const until = Date.now() + LIMIT_MS
  while ((await commandLines()).some((words) => makes(words, machine))) {
    if (Date.now() > until)
      throw new HintedError(`smolvm is still making ${machine}, for a launch that is over.`, 'End it, and stop again.')
    await pause(LOOK_MS)
  }
}

const makes = (words: readonly string[], machine: string): boolean =>
  words.includes('machine') && (words.includes('create') || words.includes('start')) && words.includes(machine)

async function commandLines(): Promise<string[][]> {
  // A bare Linux has no `ps`.
  if (process.platform !== 'linux') {
    const { stdout } = await execa('ps', ['-axo', 'args='])
    return stdout.split('\n').map((line) => line.split(' '))
  }
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const texts = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return texts.map((text) => text.split('\0'))
}
