import type { EnginePlaces, EngineTools } from '../../engine/tools.ts'
import type { BootTrials } from './boot-trials.ts'
import type { Smolvm } from './smolvm.ts'

/** Where this backend finds things. */
export interface SmolmachinesPlaces extends EnginePlaces {
  /** Absolute path of `~/.cache/bot-bottle`, in which artifacts are kept. */
  cache: string
  /** Name or path of smolvm. */
  program: string
  /** Of smolvm's commands; absent: this server's own. */
  environment?: NodeJS.ProcessEnv
  /** Absent: this machine's own. */
  platform?: NodeJS.Platform
  /** The operator's switch for a smolvm that does not enforce what a machine may reach. */
  unenforcedAllowed: boolean
}

/** What launching and everything after it works with: the engine for images and bundle, smolvm for the agent. */
export interface SmolmachinesTools extends SmolmachinesPlaces, EngineTools {
  smolvm: Smolvm
  boots: BootTrials
}
