// Holds one agent's terminal while servers come and go. Started by keeper-link.ts with what to do on standard input, as
// one line of JSON; answers one line on standard output, and lets go of both.
import { spawn } from '@lydell/node-pty'
import { Keeper } from './keeper.ts'
import { onBytes } from './pty-bytes.ts'

/** What a keeper is told. */
export interface KeeperTask {
  file: string
  args: readonly string[]
  env: Readonly<Record<string, string>>
  /** Handed to the program when it says `ready`; holds secrets. */
  script: string
  marks: { ready: string; go: string }
  socket: string
  size: { cols: number; rows: number }
}

/** Until the program inside has taken its secrets, milliseconds. */
const GATE_MS = 25_000
/** Output that may come before the gate has opened: what smolvm says while it connects. */
const MOST_BEFORE = 64 * 1024

process.on('SIGHUP', () => {})
process.on('SIGINT', () => {})

const task = JSON.parse(await readAll(process.stdin)) as KeeperTask
const pty = spawn(task.file, [...task.args], {
  ...task.size,
  name: 'xterm-256color',
  env: { ...task.env },
  encoding: null,
})
const rest = await opened().catch(async (error: Error) => {
  pty.kill()
  await answer({ error: error.message }).catch(() => {})
  process.exit(1)
})
const keeper = new Keeper(pty, task.socket, () => setTimeout(() => process.exit(0), 200).unref())
keeper.output(rest)
await keeper.listen()
process.on('SIGTERM', () => keeper.end())
// Who started this died meanwhile: there is no bottle to hold an agent of.
await answer({ pid: process.pid }).catch(() => keeper.end())

/** Waits for the marks and hands over the script. @returns what came after the second mark: the agent's first bytes */
function opened(): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0)
    let handed = false
    const why = () =>
      seen
        .toString()
        .replaceAll(/[^\x20-\x7e\n]/g, '')
        .trim()
        .slice(-300) || 'it said nothing'
    const timer = setTimeout(() => over(new Error(`The agent’s terminal did not open: ${why()}`)), GATE_MS)
    const data = onBytes(pty, (bytes) => {
      seen = Buffer.concat([seen, bytes])
      if (!handed && seen.includes(task.marks.ready)) {
        handed = true
        pty.write(task.script)
      }
      const at = seen.indexOf(task.marks.go)
      if (at !== -1) over(null, seen.subarray(at + task.marks.go.length))
      else if (seen.length > MOST_BEFORE) over(new Error(`The agent’s terminal said too much: ${why()}`))
    })
    const exit = pty.onExit(({ exitCode }) =>
      over(new Error(`The agent could not be started (code ${exitCode}): ${why()}`)),
    )
    function over(error: Error | null, after?: Buffer): void {
      clearTimeout(timer)
      data.dispose()
      exit.dispose()
      if (error) reject(error)
      else resolve(after!)
    }
  })
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  return text
}

/** One line; nobody reads what comes after it. @throws when nobody is there to read it */
function answer(line: object): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.once('error', reject)
    process.stdout.write(`${JSON.stringify(line)}\n`, (error) => (error ? reject(error) : resolve()))
  })
}
