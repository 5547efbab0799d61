import { readFile } from 'node:fs/promises'
import path from 'node:path'

/** A machine in which programs are run: a bottle, or something that protects nobody. */
export interface Guest {
  /** Runs a program to its end. @param options.user `uid:gid`; the agent's own unless told */
  run(command: readonly string[], options?: RunOptions): Promise<Ran>
}
export interface RunOptions {
  user?: string
  /** `NAME=value` each. */
  env?: readonly string[]
  stdin?: Buffer
}
export interface Ran {
  code: number | null
  stdout: string
  stderr: string
}

export const AGENT_USER = '1000:1000'
export const ROOT_USER = '0:0'

/** What the hostile program in a guest can do; see `guest.mjs`. Bytes are written in latin1. */
export type Act =
  | { kind: 'proxy'; send: string }
  | { kind: 'tunnel'; to: string; send: string; servername?: string; plain?: boolean }
  | { kind: 'tcp'; to: string }
  | { kind: 'udp'; to: string; text: string }
  | { kind: 'name'; name: string; server?: string }
  | { kind: 'halfOpen'; to: string; count: number }
  | { kind: 'upload'; to: string; target: string; bytes: number; end?: string }
  | { kind: 'download'; to: string; target: string; bytes: number }

const PROGRAM = readFile(path.join(import.meta.dirname, 'guest.mjs'), 'utf8')

/** Does all acts of a list at once, one list after the other. @returns what each was answered, in their order */
export async function acts(
  guest: Guest,
  lists: readonly (readonly Act[])[],
  options: RunOptions = {},
): Promise<string[]> {
  const command = ['node', '--input-type=module', '-e', await PROGRAM, JSON.stringify(lists)]
  const { stdout, stderr } = await guest.run(command, options)
  if (!stdout) throw new Error(`The program in the guest failed: ${stderr}`)
  return JSON.parse(stdout) as string[]
}

/** A shell's line in a guest. */
export const sh = (guest: Guest, script: string, options: RunOptions = {}): Promise<Ran> =>
  guest.run(['sh', '-c', script], options)

/** What a shell's line says, on both streams. */
export async function said(guest: Guest, script: string, options: RunOptions = {}): Promise<string> {
  const { stdout, stderr } = await sh(guest, script, options)
  return `${stdout}${stderr}`.trim()
}
