import type { TtySize } from '../../bottles/backend.ts'
import type { Docker } from '../../engine/docker.ts'
import { GATE_FOLDER } from './gate.ts'

const SHELL_ID = /^[a-z0-9-]{1,40}$/

/** Where a shell writes its process number, so that it can be ended: the engine has no call for that. */
const pidFile = (id: string): string => {
  if (!SHELL_ID.test(id)) throw new Error(`“${id}” cannot name a shell.`)
  return `${GATE_FOLDER}/${id}.pid`
}

/**
 * A login shell of the right size from its first line on (an exec begins at 0×0 before API 1.42), in the folder where
 * the agent works.
 */
export const shellCommand = (id: string, { cols, rows }: TtySize): string[] => [
  'sh',
  '-c',
  `echo $$ > "$1"; stty cols "$2" rows "$3"; if command -v bash >/dev/null; then exec bash -l; else exec sh -l; fi`,
  'shell',
  pidFile(id),
  String(Math.max(1, Math.trunc(cols))),
  String(Math.max(1, Math.trunc(rows))),
]

/** Ends a shell as if its terminal had been closed; a container that is gone has ended it already. */
export async function endShell(docker: Docker, container: string, id: string): Promise<void> {
  const end = 'kill -s HUP "$(cat "$1")" 2>/dev/null; rm -f "$1"'
  try {
    const exec = await docker.exec(container, { command: ['sh', '-c', end, 'end', pidFile(id)], user: '1000:1000' })
    exec.stream.resume()
    await new Promise((resolve) => exec.stream.once('close', resolve).once('error', resolve))
  } catch {
    // Nothing to end: the container is gone or has ended.
  }
}
