import type { Readable } from 'node:stream'

/** Who runs a program inside: `root` prepares, `node` is the agent's own user. */
export type GuestUser = 'root' | 'node'

export interface GuestCommand {
  command: readonly string[]
  user: GuestUser
  stdin?: Buffer
  signal?: AbortSignal
}

export interface GuestResult {
  /** `null` where it cannot be told. */
  code: number | null
  stdout: string
  stderr: string
}

/** The way into a guest that is there, whatever isolates it: all that preparing and probing it need. */
export interface GuestAccess {
  /** Unpacks a tar below an absolute folder, with the owners and modes that are in it. */
  unpack(tar: Readable, folder: string, signal: AbortSignal): Promise<void>
  /** Runs a program to its end. @throws the signal's reason when aborted; the program may then go on */
  run(command: GuestCommand): Promise<GuestResult>
}
