import { setTimeout as pause } from 'node:timers/promises'
import type { World } from '../cli/command.ts'
import { type ExecFacts, execFacts, type Inside, type StartedExec, startInside } from '../machine/exec-inside.ts'
import { startTimeOf, statOf } from '../machine/live-state.ts'

/** Stops itself before it becomes the program, so that what must be true from its first instruction can be made so. */
const HELD = ['/bin/sh', '-c', 'kill -STOP $$; exec "$@"', 'sh']

/** A program in a machine, with its number on the host. */
export interface GuestProgram extends StartedExec {
  /** Null when it ended before it was seen, as one that does not exist. Also the number of its process group. */
  pid: number | null
  /** Settles when its first process is no more, whatever its children hold open. */
  gone(): Promise<void>
  facts(): Promise<ExecFacts>
}

/**
 * @param prepare what is to be done while the program is held before its first instruction; null: it is not held.
 *   Costs a shell in the guest.
 */
export async function startProgram(
  world: World,
  machine: string,
  inside: Inside,
  prepare: ((pid: number, started: StartedExec) => Promise<void>) | null,
): Promise<GuestProgram> {
  const command = prepare ? [...HELD, ...inside.command] : inside.command
  const started = await startInside(world, machine, { ...inside, command })
  const facts = () => execFacts(world, started.id)
  const pid = await pidOf(facts)
  // Before it goes on: a short program has ended by then, and nothing would tell its number from nobody's.
  const birth = pid === null ? null : startTimeOf(pid)
  if (pid !== null && prepare) {
    await until(() => statOf(pid)?.[0] === 'T' || startTimeOf(pid) === null)
    await prepare(pid, started)
    signal(pid, 'SIGCONT')
  }
  const gone = () =>
    until(() => pid === null || birth === null || startTimeOf(pid) !== birth || statOf(pid)?.[0] === 'Z')
  return { ...started, pid, facts, gone }
}

/** Exit code, once the engine has it. */
export async function codeOf(program: GuestProgram): Promise<number> {
  for (;;) {
    const { Running, ExitCode } = await program.facts()
    if (!Running && ExitCode !== null) return ExitCode
    await pause(10)
  }
}

/** To the whole group of a program. It may be gone. */
export function killGroup(pid: number, name: NodeJS.Signals): void {
  signal(-pid, name)
}

async function pidOf(facts: () => Promise<ExecFacts>): Promise<number | null> {
  for (;;) {
    const { Pid, Running, ExitCode } = await facts()
    if (Pid > 0 && startTimeOf(Pid) !== null) return Pid
    if (!Running && ExitCode !== null) return null
    await pause(5)
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(10)
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // gone already
  }
}
