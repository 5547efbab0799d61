import { resolve } from 'node:path'
import type { FileProblem, GitRepo, GitUser, Limits, Route } from '../../contract/manifest.ts'
import type { BottleFile } from '../parse/bottle-file.ts'
import type { EnvDeclaration, MergedBottle } from '../request.ts'

/** What holds when no bottle says otherwise. */
export const DEFAULTS = {
  template: 'claude',
  forwardHostCredentials: false,
  egressLog: 1,
  supervise: true,
  limits: { cpus: 2, memory: '4g', pids: 512, disk: null },
} as const satisfies Record<string, unknown>

/** Bottles folded into one, and the file from which each value comes, by its path (`limits.memory`). */
export interface Merged {
  bottle: MergedBottle
  origins: ReadonlyMap<string, string>
  problems: readonly FileProblem[]
}

/**
 * Folds bottle files, later over earlier: `env` by name; `git-gate.user` by field; `git-gate.repos` by name and field,
 * `{}` clears; `egress.resolve` by host; `egress.routes` one after the other, the later one whole for the same host;
 * everything else: the last that says it.
 *
 * @param files in the order of {@link lineage}
 * @param home what a relative `dockerfile` is relative to
 */
export function merge(files: readonly BottleFile[], home: string): Merged {
  const origins = new Map<string, string>()
  const scalars: Pick<
    BottleFile,
    'template' | 'dockerfile' | 'authToken' | 'forwardHostCredentials' | 'egressLog' | 'supervise'
  > = {}
  const settings: Record<string, unknown> = {}
  const env = new Map<string, EnvDeclaration>()
  const gitUser: GitUser = {}
  const repos = new Map<string, Partial<GitRepo> & { from: BottleFile }>()
  const addresses: Record<string, string> = {}
  const routes = new Map<string, Route & { from: string }>()
  const limits: Limits = { ...DEFAULTS.limits }

  for (const file of files) {
    const said = (path: string): void => void origins.set(path, file.file)
    for (const [key, path] of SCALARS) {
      if (file[key] === undefined) continue
      Object.assign(scalars, { [key]: file[key] })
      said(path)
    }
    for (const [key, value] of Object.entries(file.settings)) {
      settings[key] = value
      said(`agent_provider.settings.${key}`)
    }
    for (const [name, value] of file.env) {
      env.set(name, { ...value, from: file.name })
      said(`env.${name}`)
    }
    for (const [field, value] of Object.entries(file.gitUser)) {
      Object.assign(gitUser, { [field]: value })
      said(`git-gate.user.${field}`)
    }
    if (file.gitRepos === null) repos.clear()
    for (const [name, fields] of file.gitRepos ?? []) {
      if (Object.keys(fields).length === 0) repos.delete(name)
      else repos.set(name, { ...repos.get(name), ...fields, from: file })
      said(`git-gate.repos.${name}`)
    }
    for (const [host, address] of Object.entries(file.resolve)) {
      addresses[host] = address
      said(`egress.resolve.${host}`)
    }
    for (const route of file.routes) {
      routes.set(route.host, { ...route, from: file.name })
      said(`egress.routes[${route.host}]`)
    }
    for (const [key, value] of Object.entries(file.limits)) {
      Object.assign(limits, { [key]: value })
      said(`limits.${key}`)
    }
  }

  const whole = [...repos].map(([name, repo]) => complete(name, repo))
  return {
    bottle: {
      template: scalars.template ?? DEFAULTS.template,
      dockerfile: scalars.dockerfile === undefined ? null : resolve(home, scalars.dockerfile),
      authToken: scalars.authToken ?? null,
      forwardHostCredentials: scalars.forwardHostCredentials ?? DEFAULTS.forwardHostCredentials,
      settings,
      env,
      gitUser,
      gitRepos: new Map(whole.flatMap((each) => ('repo' in each ? [[each.name, each.repo] as const] : []))),
      egress: { log: scalars.egressLog ?? DEFAULTS.egressLog, resolve: addresses, routes: [...routes.values()] },
      supervise: scalars.supervise ?? DEFAULTS.supervise,
      limits,
    },
    origins,
    problems: whole.flatMap((each) => ('problem' in each ? [each.problem] : [])),
  }
}

const SCALARS = [
  ['template', 'agent_provider.template'],
  ['dockerfile', 'agent_provider.dockerfile'],
  ['authToken', 'agent_provider.auth_token'],
  ['forwardHostCredentials', 'agent_provider.forward_host_credentials'],
  ['egressLog', 'egress.log'],
  ['supervise', 'supervise'],
] as const

function complete(name: string, { from, ...fields }: Partial<GitRepo> & { from: BottleFile }) {
  const { url, key } = fields
  if (url !== undefined && key !== undefined) return { name, repo: { ...fields, url, key, from: from.name as string } }
  const missing = [url === undefined && 'url', key === undefined && 'key'].filter(Boolean).join(' and ')
  const path = `git-gate.repos.${name}`
  const problem: FileProblem = {
    file: from.file,
    line: from.lineOf(['git-gate', 'repos', name]),
    path,
    message: `${path} has no ${missing}, here or in a bottle that is extended.`,
    fix: `Add ${missing}, or write ${name}: {} to drop the repository.`,
    severity: 'error',
  }
  return { name, problem }
}
