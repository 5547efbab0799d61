import type { Engine } from '../engine/engine.ts'
import type { Knobs } from '../knobs.ts'
import type { Profile } from '../profile.ts'
import type { MachineStore } from '../record/store.ts'
import type { Args, ArgsSpec } from './parse-args.ts'

/** What a command has at hand. The parts that cost time are made when first asked for. */
export interface World {
  profile: Profile
  knobs: Knobs
  /** Folder of smolvm's data, `~/.local/share/smolvm`. */
  dataDir: string
  /** Digest of the data folder: our containers carry it, so that two homes never touch each other's. */
  home: string
  store(): Promise<MachineStore>
  engine(): Promise<Engine>
  say(line: string): void
  warn(line: string): void
}

export interface Command {
  /** What this version takes; null when it does not have the command at all. */
  spec(profile: Profile): ArgsSpec | null
  /** @returns the exit code. @throws Failure */
  run(args: Args, world: World): Promise<number>
}
