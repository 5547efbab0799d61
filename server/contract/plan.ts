import type { BackendName, BottleSlug, Cidr, ManifestName, PlanId, Sha256 } from './ids.ts'
import type { GitKey, Limits, OnInbound, OnMatch, RouteMatch } from './manifest.ts'

/** An environment variable of the guest. Secret ones have a name and an origin here, never a value. */
export type EnvPlan =
  | { name: string; origin: 'literal'; value: string; from: string }
  /** Read from the host's environment at launch. */
  | { name: string; origin: 'host'; hostName: string; from: string }
  /** Typed by the operator on the confirmation page. */
  | { name: string; origin: 'asked'; message: string; from: string }
  /** Set by the provider, such as a placeholder where a login would be. */
  | { name: string; origin: 'provider'; value: string; from: string }

export interface SkillPlan {
  name: string
  /** Over the skill's file names and contents. */
  digest: Sha256
  files: number
  bytes: number
}

export interface WorkspacePlan {
  /** Absolute path on the host. */
  path: string
  mode: 'copy' | 'none'
  guestPath: string
}

/** Where a token comes from; egress knows it by the slot's name and the agent not at all. */
export interface TokenSlot {
  slot: string
  source: { kind: 'host-env'; name: string } | { kind: 'host-login'; provider: string; file: string }
}

/** A route as it will be enforced. */
export interface RoutePlan {
  host: string
  ports: readonly number[]
  /** From a bottle file or from the provider. */
  origin: { kind: 'bottle'; name: string } | { kind: 'provider'; name: string }
  auth: { scheme: 'Bearer' | 'token' | 'Basic' | 'header'; header: string; slot: string } | null
  matches: readonly RouteMatch[]
  gitFetch: boolean
  scan: {
    outbound: false | readonly string[]
    inbound: false | readonly string[]
    onMatch: OnMatch
    /** Absent: `warn`. */
    onInbound?: OnInbound
  }
}
export interface EgressPlan {
  log: 0 | 1 | 2
  /** Fixed addresses, as curl's `--resolve`. */
  resolve: Readonly<Record<string, string>>
  routes: readonly RoutePlan[]
  slots: readonly TokenSlot[]
}
export interface GitGatePlan {
  user: { name: string | null; email: string | null }
  repos: readonly { name: string; url: string; hostKey: string | null; key: GitKey }[]
}

/** Something that must be fixed before the plan can be launched, or that the operator should know. */
export interface PlanNotice {
  /** Stable word for tests and the page: `missing-skill`, `missing-host-variable`, `sidecar-absent` … */
  code: string
  message: string
  fix: string
}

export interface ImagePlan {
  /** Reference of the agent image that will run, e.g. `bot-bottle-agent-claude:<12 hex>`. */
  reference: string
  /** Reference of the base that it is built on. */
  base: string
  /** Path as shown: `docker/agents/claude/Dockerfile` or the operator's own. */
  dockerfile: string
  /** Over the Dockerfile's folder and build arguments: what the cache is keyed by. */
  digest: Sha256
}

/** What a bottle was frozen into. What is resumed from is this and nothing else, so its digest is part of the plan. */
export interface FrozenPlan {
  /** `bot-bottle-web-shop:frozen`, or the absolute path of an artifact. */
  reference: string
  /** `sha256:…` of the image's configuration, or of the artifact. */
  digest: string
  /** Epoch milliseconds. */
  frozenAt: number
  /** What it takes on the disk. */
  bytes: number
  /** `ImagePlan.digest` of the agent image that the bottle had begun with. */
  image: Sha256
}

/** A bottle that runs once more, under the name that it had. `frozen` is null where it begins from its image again. */
export interface ResumePlan {
  frozen: FrozenPlan | null
}

/** What every backend's plan has. */
export interface CommonPlan {
  id: PlanId
  /** Epoch milliseconds. Neither id nor time enter the digest. */
  resolvedAt: number
  slug: BottleSlug
  agent: { name: ManifestName; file: string; source: 'home' | 'workspace' }
  /** In the order in which they are folded. */
  bottles: readonly ManifestName[]
  provider: {
    name: string
    argv: readonly string[]
    settings: Readonly<Record<string, unknown>>
    /** Guest folder in which the provider looks for skills. */
    skillsPath: string
    /** Guest file in which the provider looks for instructions, a link to the prompt; null when argv names the prompt. */
    instructionsPath: string | null
  }
  image: ImagePlan
  env: readonly EnvPlan[]
  skills: readonly SkillPlan[]
  prompt: { text: string; digest: Sha256; guestPath: string }
  workspace: WorkspacePlan
  egress: EgressPlan
  gitGate: GitGatePlan | null
  supervise: boolean
  limits: Limits
  label: string | null
  color: BottleColor | null
  /** Absent for a first run. */
  resume?: ResumePlan
  blockers: readonly PlanNotice[]
  warnings: readonly PlanNotice[]
}

export interface DockerPlan extends CommonPlan {
  backend: 'docker'
  container: string
  sidecars: string
  networks: { internal: string; egress: string }
  runtime: 'runc' | 'runsc'
}

/** How the machine finds its bundle: by smolvm's version and by what this machine is. */
export interface MachineAddressing {
  /**
   * `routable`: at the bundle's own address. `loopback-alias`: at one of 127.0.0.16 to 31, on which its ports are
   * published. `private-alias`: the same at an address that is no loopback address. Which of the pool is known at launch.
   */
  kind: 'routable' | 'loopback-alias' | 'private-alias'
  /** Nobody has seen it work where it is for. */
  unverified: boolean
}

/** What smolvm gives a machine; its disks grow as they are written to. */
export interface MachineSize {
  cpus: number
  memoryMiB: number
  /** Of the disk with the image and what containers of it write. */
  storageGiB: number
  /** Of the disk over the machine's own system; null: smolvm's choice, 10 or 2. */
  overlayGiB: number | null
}

export interface SmolmachinesPlan extends CommonPlan {
  backend: 'smolmachines'
  machine: string
  sidecars: string
  /** The network on which the bundle is; the machine is on none of the engine's. */
  network: string
  bundleSubnet: Cidr
  gateway: string
  bundleAddress: string
  addressing: MachineAddressing
  /** All that the machine may reach; of a pool of aliases the launch allows the one that it got, and no other. */
  allowCidrs: readonly Cidr[]
  size: MachineSize
  /** How the agent image becomes a machine, and what it is kept under. */
  artifact: { kind: 'archive' | 'pack'; key: 'first 16 hex digits of the image id' }
  /** As it was seen when the plan was resolved; null: not installed. */
  smolvm: string | null
  /** Why this smolvm cannot freeze such a machine, and what to do; absent where it can. */
  cannotFreeze?: string
}

/** What the operator confirms: plain JSON without secrets, shown, stored and compared. */
export type BottlePlan = DockerPlan | SmolmachinesPlan
export type PlanFor<K extends BackendName> = Extract<BottlePlan, { backend: K }>

export const BOTTLE_COLORS = ['green', 'blue', 'violet', 'pink', 'red', 'orange', 'yellow', 'teal'] as const
export type BottleColor = (typeof BOTTLE_COLORS)[number]

/** One difference between two plans, path by path. */
export interface PlanChange {
  /** `egress.routes[api.github.com].methods` */
  path: string
  kind: 'added' | 'removed' | 'changed'
  before?: string
  after?: string
}

export interface PlanResolution {
  planId: PlanId
  digest: Sha256
  plan: BottlePlan
  /** What is so now and no part of what is confirmed. */
  notices: readonly PlanNotice[]
  /** Against the last launch of the same agent; null when it was never launched. */
  changes: readonly PlanChange[] | null
}
