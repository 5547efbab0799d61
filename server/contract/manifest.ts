import type { ManifestName } from './ids.ts'

/** What scanning does when something is found in a request. */
export type OnMatch = 'supervise' | 'redact' | 'block'

/** What scanning does when something is found in an answer: tells it and lets it pass, or cuts it. */
export type OnInbound = 'warn' | 'block'

/** How one path, or one header, is compared. Regexes run in linear time (RE2 syntax). */
export interface PathMatch {
  type: 'exact' | 'prefix' | 'regex'
  value: string
}
export interface HeaderMatch {
  name: string
  value: string
  type: 'exact' | 'regex'
}
/** One way in which a request may match a route; a missing part matches everything. */
export interface RouteMatch {
  paths?: readonly PathMatch[]
  methods?: readonly string[]
  headers?: readonly HeaderMatch[]
}
/** The credential that egress adds. `token_ref` names a host environment variable, never a value. */
export interface RouteAuth {
  scheme: 'Bearer' | 'token' | 'Basic' | 'header'
  header?: string
  token_ref: string
}
/** `false` switches a direction off; a list limits it to those detectors. */
export interface RouteDlp {
  outbound_detectors?: false | readonly string[]
  inbound_detectors?: false | readonly string[]
  outbound_on_match?: OnMatch
  inbound_on_match?: OnInbound
}
/** One allowed destination, as it is written in a bottle file. */
export interface Route {
  /** Lower-case A-label host name, no port. */
  host: string
  /** Default `[443]`; 80 means plain HTTP. */
  ports: readonly number[]
  auth?: RouteAuth
  matches?: readonly RouteMatch[]
  dlp?: RouteDlp
  git?: { fetch: boolean }
}

export type GitKey =
  | { provider: 'static'; path: string }
  | { provider: 'gitea' | 'github' | 'gitlab'; forge_token_env: string; api_url?: string }

export interface GitRepo {
  url: string
  host_key?: string
  key: GitKey
}
export interface GitUser {
  name?: string
  email?: string
}
/** Of the agent's container or machine. `memory` and `disk` in bytes, as written: `4g`, `512m`. */
export interface Limits {
  cpus: number
  memory: string
  pids: number
  disk: string | null
}

/** Where a piece of a merged document comes from: a file of the home or of the workspace, as shown to the operator. */
export interface Origin {
  file: string
}

/** One mistake in a file, with the place and what would be right. */
export interface FileProblem {
  file: string
  /** 1-based line where it is known. */
  line?: number
  /** Path inside the frontmatter, `egress.routes[0].host`; empty for the file as a whole. */
  path: string
  message: string
  /** What to do next. */
  fix: string
  severity: 'error' | 'warning'
}

/** A file of the home as the manifests page and the launch page show it; broken files are listed too. */
export interface AgentEntry {
  name: ManifestName
  file: string
  source: 'home' | 'workspace'
  description: string | null
  bottle: ManifestName | null
  provider: string | null
  skills: readonly string[]
  problems: readonly FileProblem[]
}
export interface BottleEntry {
  name: ManifestName
  file: string
  extends: readonly string[]
  provider: string | null
  routes: number
  problems: readonly FileProblem[]
}
export interface SkillEntry {
  name: string
  folder: string
  description: string | null
  problems: readonly FileProblem[]
}
export interface ManifestList {
  home: string
  /** True when the home has neither agents nor bottles: the page offers the starter set. */
  empty: boolean
  agents: readonly AgentEntry[]
  bottles: readonly BottleEntry[]
  skills: readonly SkillEntry[]
  /** Problems of the home as a whole: a `bottles/` folder in the workspace, an unreadable folder. */
  problems: readonly FileProblem[]
}

/** A value of a merged document and the file that it comes from. */
export interface ResolvedValue {
  /** `env.FOO`, `egress.routes[api.github.com]`. */
  path: string
  /** As shown: literal values as they are, secrets by their source (`from host GITHUB_TOKEN`, `asked`). */
  value: string
  origin: Origin
}
export interface ManifestDocument {
  kind: 'agent' | 'bottle'
  name: ManifestName
  file: string
  /** The file as it is on disk. */
  source: string
  resolved: readonly ResolvedValue[]
  /** Markdown below the frontmatter. */
  body: string
  problems: readonly FileProblem[]
}
