import { readFileSync } from 'node:fs'

/** Tells a process from a later one with its number, where the system says when one began: `4711-90210`. */
export const processMark = (pid = process.pid): string => `${pid}-${beginOf(pid) ?? 0}`

/** @param mark as `processMark` made it */
export function isAlive(mark: string): boolean {
  const [pid = 0, begin = 0] = mark.split('-').map(Number)
  if (!Number.isInteger(pid) || pid <= 0) return false
  if (begin > 0) return beginOf(pid) === begin
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Field 22 of `/proc/<pid>/stat`, in clock ticks; null where there is no such process, or no /proc. */
function beginOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
  } catch {
    return null
  }
}
