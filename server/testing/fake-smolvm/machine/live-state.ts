import { readFileSync } from 'node:fs'
import type { MachineRecord, MachineState } from '../record/machine.ts'

/** What a record says, held against whether its process is still the one that was started. */
export function liveState(record: MachineRecord): MachineState {
  if (record.state !== 'running' && record.state !== 'unreachable') return record.state
  if (record.pid === null || startTimeOf(record.pid) !== record.pid_start_time) return 'stopped'
  return frozen(record.pid) ? 'unreachable' : 'running'
}

/** Field 22 of `/proc/<pid>/stat`, in clock ticks: tells a process from a later one with its number. */
export function startTimeOf(pid: number): number | null {
  const fields = statOf(pid)
  return fields ? Number(fields[19]) : null
}

/** A machine whose first process is stopped (`kill -STOP`) stands for one whose agent does not answer. */
const frozen = (pid: number): boolean => statOf(pid)?.[0] === 'T'

/** Fields after the name, which may hold anything. */
export function statOf(pid: number): readonly string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}
