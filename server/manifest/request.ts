import type { BackendName, BottleSlug, ManifestName, PlanId, Sha256 } from '../contract/ids.ts'
import type { GitRepo, GitUser, Limits, Route } from '../contract/manifest.ts'
import type { BottleColor, PlanNotice, ResumePlan, SkillPlan } from '../contract/plan.ts'

/** What the operator chose on the launch page. */
export interface LaunchChoice {
  agent: string
  /** In order; absent: the agent's own bottle. */
  bottles?: readonly string[]
  backend?: BackendName
  label?: string
  color?: BottleColor
  workspace?: { path: string; mode: 'copy' | 'none' }
}

/** A value of an environment variable as the bottle file declares it, and the bottle that it comes from. */
export type EnvDeclaration =
  | { kind: 'literal'; value: string; from: string }
  | { kind: 'host'; hostName: string; from: string }
  | { kind: 'asked'; message: string; from: string }

/** All bottles of one launch, folded. */
export interface MergedBottle {
  template: string
  /** Absolute path of the operator's own Dockerfile. */
  dockerfile: string | null
  authToken: string | null
  forwardHostCredentials: boolean
  settings: Readonly<Record<string, unknown>>
  env: ReadonlyMap<string, EnvDeclaration>
  gitUser: GitUser
  gitRepos: ReadonlyMap<string, GitRepo & { from: string }>
  egress: { log: 0 | 1 | 2; resolve: Readonly<Record<string, string>>; routes: readonly (Route & { from: string })[] }
  supervise: boolean
  limits: Limits
}

/** Files and choices, read, validated and folded: everything that planning starts from. */
export interface ResolvedRequest {
  planId: PlanId
  /** Epoch milliseconds. */
  resolvedAt: number
  slug: BottleSlug
  backend: BackendName
  agent: { name: ManifestName; file: string; source: 'home' | 'workspace' }
  bottles: readonly ManifestName[]
  bottle: MergedBottle
  skills: readonly (SkillPlan & { folder: string })[]
  prompt: { text: string; digest: Sha256 }
  workspace: { path: string; mode: 'copy' | 'none' }
  label: string | null
  color: BottleColor | null
  /** It runs once more, under the name that it had. */
  resume?: ResumePlan
  /** Found while reading: a missing skill, a workspace `bottles/` folder, an agent shadowed by the home's. */
  blockers: readonly PlanNotice[]
  warnings: readonly PlanNotice[]
}
