import { Socket } from 'node:net'
import path from 'node:path'
import { readLines } from '../lib/lines.ts'
import { askHealth, serveHealth } from './health.ts'
import { numberedOutput, Supervisor } from './supervisor.ts'

const HEALTH_SOCKET = '/run/bot-bottle.sock'
const INPUT_LIMIT = 16 * 1024 * 1024 // bytes of one hand-over
/** Within the eight seconds after which the engine kills the whole container. */
const GRACE_MS = 7_000

async function main(): Promise<void> {
  if (process.argv.includes('--health')) return printHealth()
  // Sockets and files of this process are for this user alone.
  process.umask(0o077)
  const daemon = (script: string) => ['--max-old-space-size=256', path.join(import.meta.dirname, script)]
  const supervisor = new Supervisor({
    argv: { egress: daemon('egress.mjs'), 'git-gate': daemon('git-gate.mjs'), supervise: daemon('supervise.mjs') },
    // Not process.stdout: on a pipe that blocks the whole process once the reader is behind.
    out: numberedOutput(new Socket({ fd: 1, readable: false, writable: true })),
    ownUsers: true,
    graceMs: GRACE_MS,
    exit: (code) => process.exit(code),
  })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => void supervisor.end(signal, `${signal} came.`))
  }
  await serveHealth(HEALTH_SOCKET, () => supervisor.health)
  readLines(
    process.stdin,
    INPUT_LIMIT,
    (line) => supervisor.handOver(line),
    () => supervisor.tell({ kind: 'input-refused', message: 'the line is longer than 16 MiB' }),
  )
}

async function printHealth(): Promise<void> {
  const health = await askHealth(HEALTH_SOCKET)
  process.stdout.write(`${JSON.stringify(health)}\n`)
  process.exitCode = health.ready ? 0 : 1
}

main().catch((error: unknown) => {
  console.error(String(error))
  process.exit(1)
})
