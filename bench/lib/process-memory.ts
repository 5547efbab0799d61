import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

/** What a process takes, MiB. */
export interface ProcessMemory {
  /** What `ps` and `top` show: its own pages and those it has of mapped files, the program of Node itself among them. */
  resident: number
  /** Its own pages only: what would be free without it. */
  own: number
  /** The most that was ever resident. */
  peak: number
}

/** Memory once it has stopped moving: the least of sixty readings over half a minute. */
export async function settledMemory(pid: number): Promise<ProcessMemory> {
  const readings: ProcessMemory[] = []
  for (let i = 0; i < 60; i++) {
    readings.push(memoryOf(pid))
    await setTimeout(500)
  }
  return readings.reduce((least, reading) => (reading.resident < least.resident ? reading : least))
}

export function memoryOf(pid: number): ProcessMemory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const read = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024
  return { resident: read('VmRSS'), own: read('RssAnon'), peak: read('VmHWM') }
}

/** Processor time that a process has used so far, ms; proc(5) counts it in hundredths of a second. */
export function processorOf(pid: number): number {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ').slice(11, 13) ?? []
  return (Number(user) + Number(system)) * 10
}
