import type { ManifestName } from '../../contract/ids.ts'
import type { FileProblem, GitRepo, GitUser, Limits, Route } from '../../contract/manifest.ts'
import { bottleSchema } from '../schema/bottle.ts'
import { type EnvValue, envValue, literalDoubt } from '../schema/env.ts'
import type { RouteData } from '../schema/route.ts'
import { readFrontmatter } from './frontmatter.ts'
import { problemsOf } from './problems.ts'

/** One bottle file, validated; what it does not say is absent, so that folding can tell it from a default. */
export interface BottleFile {
  name: ManifestName
  /** As shown: relative to the home. */
  file: string
  extends: readonly string[]
  template?: string
  dockerfile?: string
  authToken?: string
  forwardHostCredentials?: boolean
  settings: Readonly<Record<string, unknown>>
  env: ReadonlyMap<string, EnvValue>
  gitUser: GitUser
  /** `null`: `repos: {}` clears what parents declared. A repository may have only the fields that it changes. */
  gitRepos: ReadonlyMap<string, Partial<GitRepo>> | null
  egressLog?: 0 | 1 | 2
  resolve: Readonly<Record<string, string>>
  routes: readonly Route[]
  supervise?: boolean
  limits: Partial<Limits>
  body: string
  /** Line in the file of a dotted path such as `git-gate.repos.app`. */
  lineOf(path: readonly (string | number)[]): number
  /** Doubts that do not keep the file from being used. */
  warnings: readonly FileProblem[]
}

/** Reads a bottle file: the only way to a {@link BottleFile}. */
export function parseBottle(
  name: ManifestName,
  file: string,
  text: string,
): { bottle: BottleFile } | { problems: readonly FileProblem[] } {
  const { data, body, lineOf, problems } = readFrontmatter(file, text)
  if (problems.length > 0) return { problems }
  const parsed = bottleSchema.safeParse(data)
  if (!parsed.success) {
    return { problems: problemsOf(parsed.error.issues, { kind: 'bottle', file, schema: bottleSchema, data, lineOf }) }
  }
  const { agent_provider: provider = {}, egress = {}, limits = {}, ...bottle } = parsed.data
  const repos = bottle['git-gate']?.repos
  const env = Object.entries(bottle.env ?? {})
  return {
    bottle: present({
      name,
      file,
      extends: [bottle.extends ?? []].flat(),
      template: provider.template,
      dockerfile: provider.dockerfile,
      authToken: provider.auth_token,
      forwardHostCredentials: provider.forward_host_credentials,
      settings: provider.settings ?? {},
      env: new Map(env.map(([key, value]) => [key, envValue(value)])),
      gitUser: present(bottle['git-gate']?.user ?? {}),
      gitRepos:
        repos && Object.keys(repos).length === 0
          ? null
          : new Map(Object.entries(repos ?? {}).map(([repo, fields]) => [repo, present(fields) as Partial<GitRepo>])),
      egressLog: egress.log,
      resolve: egress.resolve ?? {},
      routes: (egress.routes ?? []).map(toRoute),
      supervise: bottle.supervise,
      limits: present(limits),
      body,
      lineOf,
      warnings: env.flatMap(([key, value]) => {
        const doubt = literalDoubt(key, value)
        const line = lineOf(['env', key])
        return doubt ? [{ file, line, path: `env.${key}`, ...doubt, severity: 'warning' as const }] : []
      }),
    }),
  }
}

/** Absent instead of `undefined`, all the way down: this is what `exactOptionalPropertyTypes` means. */
type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}
export const present = <T extends object>(fields: T): Present<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>

export const toRoute = (data: RouteData): Route => {
  const { ports = [443], auth, matches, dlp, ...rest } = data
  return present({
    ...rest,
    ports: [...ports].sort((a, b) => a - b),
    auth: auth && present(auth),
    matches: matches?.map(present),
    dlp: dlp && present(dlp),
  }) as Route
}
