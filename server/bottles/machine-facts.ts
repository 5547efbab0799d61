import type { Cidr } from '../contract/ids.ts'

/**
 * What is known of the machine, observed beforehand by the doctor. It enters planning as data, because resolving a plan
 * builds, starts and contacts nothing.
 */
export interface MachineFacts {
  /** The engine has `runsc` and a container was seen to run under it. */
  runsc: boolean
  /** `null` while the engine answers; else why it does not, for the plan's warning. */
  engineProblem: string | null
  /** Names (never values) of the variables in the host's environment. */
  hostEnv: ReadonlySet<string>
  /** Absolute path of the repository: where `docker/agents/` is found. */
  root: string
  /** Absolute path of the operator's home, `~/.bot-bottle`. */
  home: string
  /** What agent images are built on (`BOT_BOTTLE_BASE_IMAGE`); absent: the official slim Node image. */
  baseImage?: string
  /** What was seen of smolvm; null or absent: it is not installed. */
  smolvm?: SmolvmFacts | null
  /** Networks in which this machine has an address, so that no bottle takes one: `192.168.48.1/20`. */
  networks?: readonly Cidr[]
  /** Absolute path of the user's own home, where logins of the host are looked for; absent: they are not checked. */
  userHome?: string
}

/** What was seen of the micro-VM program. */
export interface SmolvmFacts {
  version: string
  /** Its list of allowed addresses is enforced, by its makers' word; the probe looks for itself. */
  enforcesPolicy: boolean
  /** The operator's switch for a version that does not (`BOT_BOTTLE_UNENFORCED_SMOLVM=1`). */
  unenforcedAllowed: boolean
  /** Of this machine: by it and the version a machine finds its bundle. */
  platform: NodeJS.Platform
  /** Of the pool of addresses that the platform needs: those that this machine has not. */
  absentAliases: readonly string[]
  /** Networks of the engine, which may be on another (virtual) machine than this one's addresses. */
  engineNetworks: readonly Cidr[]
}

/** What an engine says of itself, for the doctor. */
export interface EngineFacts {
  /** `Docker 20.10.24` */
  name: string
  /** `1.41` */
  apiVersion: string
  /** Folder in which it keeps images and containers; on its own machine, which may be another one. */
  storage: string
  hasRunsc: boolean
  /** A container was seen to run under it. */
  runscWorks: boolean
  /** One that agent images can be built on is there already. */
  hasBaseImage: boolean
}
