import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const ROOT = '/sys/fs/cgroup'

/**
 * Before 1.4.1 every exec is a container of its own: whatever it started dies with it, also what left its process group.
 * A control group of its own below the machine's knows all of them.
 */
export class FreshGroup {
  private constructor(readonly folder: string) {}

  /** Puts a program, still held, into a group of its own. */
  static around(pid: number): FreshGroup {
    const group = new FreshGroup(path.join(folderOf(pid), `exec-${pid}`))
    mkdirSync(group.folder)
    writeFileSync(group.procs, String(pid))
    return group
  }

  get procs(): string {
    return path.join(this.folder, 'cgroup.procs')
  }

  /** Kills all that is left, and the group. */
  async end(): Promise<void> {
    for (let pids = this.pids(); pids.length > 0; pids = this.pids()) {
      for (const pid of pids) {
        try {
          process.kill(pid, 'SIGKILL')
        } catch {
          // gone already
        }
      }
      await pause(10)
    }
    if (existsSync(this.folder)) rmdirSync(this.folder)
  }

  private pids(): number[] {
    try {
      return readFileSync(this.procs, 'utf8').split('\n').filter(Boolean).map(Number)
    } catch {
      return []
    }
  }
}

/** Of a process's control group: the one tree of version 2, or that which counts processes in version 1. */
function folderOf(pid: number): string {
  const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n')
  const pids = lines.find((line) => /^\d+:pids:/.test(line))
  if (pids) return path.join(ROOT, 'pids', pids.split(':').slice(2).join(':'))
  return path.join(ROOT, lines.find((line) => line.startsWith('0::'))!.slice(3))
}
