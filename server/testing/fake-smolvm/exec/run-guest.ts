import { setTimeout as pause } from 'node:timers/promises'
import type { World } from '../cli/command.ts'
import { demux } from '../engine/demux.ts'
import type { Inside } from '../machine/exec-inside.ts'
import { FreshGroup } from './fresh-group.ts'
import { guestExit, TIMED_OUT } from './guest-exit.ts'
import { codeOf, type GuestProgram, killGroup, startProgram } from './guest-program.ts'
import { lifeline } from './lifeline.ts'
import type { Output } from './output.ts'
import { bindTerminal, resizeToOurs } from './terminal.ts'

/** How long a stream may still bring what a program wrote before it ended, when a child holds it open. */
const DRAIN_MS = 200

/** Runs a program in a machine with our streams. @param timeoutMs null: as long as it takes. @returns our exit code */
export async function runGuest(
  world: World,
  machine: string,
  inside: Inside,
  output: Output,
  timeoutMs: number | null,
): Promise<number> {
  let group: FreshGroup | null = null
  const fresh = !world.profile.has('joined processes')
  const prepared = fresh || inside.tty
  const program = await startProgram(
    world,
    machine,
    inside,
    prepared
      ? async (pid, started) => {
          if (inside.tty) await resizeToOurs(world, started)
          if (fresh) group = FreshGroup.around(pid)
        }
      : null,
  )
  const released = program.pid === null ? null : lifeline(program.pid, (group as FreshGroup | null)?.procs ?? null)
  const unbind = inside.tty ? bindTerminal(world, program) : null
  try {
    const timedOut = await streamsUntilEnd(program, inside, output, timeoutMs)
    await (group as FreshGroup | null)?.end()
    output.flush()
    if (!timedOut) return guestExit(await codeOf(program), world.profile)
    world.warn(`Error: command timed out after ${timeoutMs} ms`)
    return TIMED_OUT
  } finally {
    unbind?.()
    released?.()
    process.stdin.destroy()
    program.stream.destroy()
  }
}

/** @returns whether it had to be killed because its time was over */
async function streamsUntilEnd(
  program: GuestProgram,
  inside: Inside,
  output: Output,
  timeoutMs: number | null,
): Promise<boolean> {
  const { stream, pid } = program
  stream.on('data', inside.tty ? (chunk: Buffer) => output.stdout(chunk) : demux(output))
  if (inside.stdin) process.stdin.pipe(stream)
  const ended = new Promise<void>((resolve) => {
    // A socket that brought nothing tells its end at once, also while nobody listens.
    if (stream.readableEnded || stream.destroyed) return resolve()
    stream.once('end', resolve).once('close', resolve).once('error', resolve)
  })
  const over = new AbortController()
  const limit = timeoutMs === null ? null : pause(timeoutMs, 'late' as const, { signal: over.signal }).catch(() => null)
  const goneAndDrained = async () => {
    await program.gone()
    await Promise.race([ended, pause(DRAIN_MS)])
  }
  const first = await Promise.race([pid === null ? ended : goneAndDrained(), ...(limit ? [limit] : [])])
  over.abort()
  if (first !== 'late') return false
  if (pid !== null) killGroup(pid, 'SIGKILL')
  await goneAndDrained()
  return true
}
