import { spawn } from 'node:child_process'

/**
 * A guest's program ends with its client, even with one that is killed: a shell reads a pipe that only the client
 * holds. A line on it means that all is well; its end without one, that the client is no more.
 */
const SCRIPT = `read -r well && exit
kill -s HUP -- "-$1"
sleep 0.2
kill -s KILL -- "-$1"
[ -z "$2" ] || while read -r pid; do kill -s KILL "$pid"; done < "$2"`

/** @param procs list of further processes that belong to it. @returns to be called when the program has ended */
export function lifeline(pid: number, procs: string | null): () => void {
  const shell = spawn('sh', ['-c', SCRIPT, 'lifeline', String(pid), procs ?? ''], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  shell.unref()
  return () => shell.stdin.end('well\n')
}
