import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { agentFailed } from '../failure.ts'
import { startTimeOf } from './live-state.ts'

const LIMIT_MS = 60_000

/** One start, stop or delete of a machine at a time, over processes. What a killed one left does not count. */
export async function withMachineLock<T>(folder: string, use: () => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true })
  const file = path.join(folder, 'lock')
  const mine = `${process.pid} ${startTimeOf(process.pid)}`
  for (const end = Date.now() + LIMIT_MS; !taken(file, mine); await pause(20)) {
    if (Date.now() > end) throw agentFailed('lock', 'another command is at work on this machine')
  }
  try {
    return await use()
  } finally {
    rmSync(file, { force: true })
  }
}

function taken(file: string, mine: string): boolean {
  try {
    writeFileSync(file, mine, { flag: 'wx' })
    return true
  } catch {
    if (!holderLives(file)) rmSync(file, { force: true })
    return false
  }
}

function holderLives(file: string): boolean {
  try {
    const [pid, startTime] = readFileSync(file, 'utf8').split(' ').map(Number)
    // Empty for a moment between its making and its writing.
    return !pid || startTimeOf(pid) === startTime
  } catch {
    return true
  }
}
