import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { BottleStats } from '../../bottles/backend.ts'

/** Linux counts in these on every platform that matters. */
const TICKS_PER_SECOND = 100
const PAGE = 4096
const EVERY_MS = 1_000

/**
 * Figures of a machine, which are those of its process on this machine: the guest's own are hostile. Nothing where
 * there is no /proc.
 *
 * @param pid of the machine's process; null while it has none
 */
export async function* machineStats(
  pid: () => Promise<number | null>,
  signal: AbortSignal,
): AsyncGenerator<BottleStats> {
  let before: { ticks: number; at: number } | null = null
  let known = await pid()
  while (!signal.aborted && known !== null) {
    const now = await readProcess(known)
    if (!now) known = await pid().catch(() => null)
    else {
      const at = performance.now()
      const spent = before ? (now.ticks - before.ticks) / TICKS_PER_SECOND : 0
      const cpu = before ? Math.round((spent / ((at - before.at) / 1000)) * 1000) / 10 : 0
      if (before) yield { cpu: Math.max(0, cpu), memory: now.memory }
      before = { ticks: now.ticks, at }
    }
    await pause(EVERY_MS, null, { signal }).catch(() => {})
  }
}

async function readProcess(pid: number): Promise<Reading | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => null)
  return text === null ? null : readingOf(text)
}

interface Reading {
  ticks: number
  /** Bytes. */
  memory: number
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export function readingOf(stat: string): Reading {
  // The program's name may hold anything: what is counted comes after its closing bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [user, system, pages] = [11, 12, 21].map((at) => Number(fields[at]))
  return { ticks: user! + system!, memory: pages! * PAGE }
}
