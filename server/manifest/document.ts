import type { FileProblem, ManifestDocument, ResolvedValue, Route } from '../contract/manifest.ts'
import { BadInputError, UnknownAgentError } from '../errors.ts'
import { folded } from './list.ts'
import { bottlesOf, homeAgentsOf, type ManifestFile, readAgent, workspaceAgentsOf } from './parse/files.ts'
import { readText } from './parse/read-text.ts'
import type { EnvDeclaration, MergedBottle } from './request.ts'
import { bottleLookup } from './resolve.ts'

/** Shown as the file of a value that no file says. */
const DEFAULT = 'default'

/**
 * One file as it was understood: what is on disk, and what it comes to with its parents, each value with its file.
 *
 * @throws UnknownAgentError, BadInputError when there is no such file; a broken one is answered with its problems
 */
export async function document(
  kind: 'agent' | 'bottle',
  name: string,
  { home, workspace }: { home: string; workspace?: string | undefined },
): Promise<ManifestDocument> {
  const listings = await Promise.all(
    kind === 'bottle' ? [bottlesOf(home)] : [homeAgentsOf(home), ...(workspace ? [workspaceAgentsOf(workspace)] : [])],
  )
  const files = listings.flatMap((listing) => listing.files)
  const file = files.find((each) => each.name === name)
  if (!file) {
    const known = files.map((each) => each.name)
    if (kind === 'agent') throw new UnknownAgentError(name, known)
    throw new BadInputError(
      `There is no bottle file named ${name}. The bottles are: ${known.join(', ') || 'none yet'}.`,
    )
  }
  return kind === 'bottle' ? bottleDocument(file, home) : agentDocument(file, home, workspace)
}

async function bottleDocument(file: ManifestFile, home: string): Promise<ManifestDocument> {
  const find = await bottleLookup(home)
  const { files, merged, problems, warnings } = await folded(file.name, home, find, { file: file.file, path: '' })
  return {
    kind: 'bottle',
    name: file.name,
    file: file.file,
    source: await sourceOf(file),
    resolved: problems.length > 0 ? [] : valuesOf(merged.bottle, merged.origins),
    body: files.find((each) => each.name === file.name)?.body ?? '',
    problems: [...problems, ...warnings],
  }
}

async function agentDocument(file: ManifestFile, home: string, workspace?: string): Promise<ManifestDocument> {
  const shown = { kind: 'agent' as const, name: file.name, file: file.file }
  const read = await readAgent(file, workspace)
  if ('problems' in read)
    return { ...shown, source: await sourceOf(file), resolved: [], body: '', problems: read.problems }
  const { agent } = read
  const asked = { file: file.file, path: 'bottle', line: () => agent.lineOf(['bottle']) }
  const bottle = agent.bottle ? await folded(agent.bottle, home, await bottleLookup(home), asked) : null
  const problems: readonly FileProblem[] = bottle?.problems ?? []
  const own = { file: file.file }
  const user = Object.entries(agent.gitUser).map(([field, value]) => ({
    path: `git-gate.user.${field}`,
    value,
    origin: own,
  }))
  const overlaid = new Set(user.map((each) => each.path))
  const inherited = bottle && problems.length === 0 ? valuesOf(bottle.merged.bottle, bottle.merged.origins) : []
  return {
    ...shown,
    source: await sourceOf(file),
    resolved: [
      ...(agent.bottle ? [{ path: 'bottle', value: agent.bottle, origin: own }] : []),
      ...agent.skills.map((skill, index) => ({ path: `skills[${index}]`, value: skill, origin: own })),
      ...user,
      ...inherited.filter((each) => !overlaid.has(each.path)),
    ],
    body: agent.prompt,
    problems: [...problems, ...(bottle?.warnings ?? [])],
  }
}

const sourceOf = async (file: ManifestFile): Promise<string> => {
  const read = await readText(file.path, file.file)
  return 'text' in read ? read.text : ''
}

/** A merged bottle as rows, each with the file that says so. */
function valuesOf(bottle: MergedBottle, origins: ReadonlyMap<string, string>): ResolvedValue[] {
  const rows: ResolvedValue[] = []
  const row = (path: string, value: string | number | boolean | null): void => {
    if (value !== null) rows.push({ path, value: String(value), origin: { file: origins.get(path) ?? DEFAULT } })
  }
  row('agent_provider.template', bottle.template)
  row('agent_provider.dockerfile', bottle.dockerfile)
  row('agent_provider.auth_token', bottle.authToken && `from host ${bottle.authToken}`)
  row('agent_provider.forward_host_credentials', bottle.forwardHostCredentials)
  for (const [key, value] of Object.entries(bottle.settings)) row(`agent_provider.settings.${key}`, plain(value))
  for (const [name, value] of bottle.env) row(`env.${name}`, showEnv(value))
  for (const [field, value] of Object.entries(bottle.gitUser)) row(`git-gate.user.${field}`, value)
  for (const [name, repo] of bottle.gitRepos) row(`git-gate.repos.${name}`, `${repo.url} (key: ${repo.key.provider})`)
  row('egress.log', bottle.egress.log)
  for (const [host, address] of Object.entries(bottle.egress.resolve)) row(`egress.resolve.${host}`, address)
  for (const route of bottle.egress.routes) row(`egress.routes[${route.host}]`, showRoute(route))
  row('supervise', bottle.supervise)
  for (const [key, value] of Object.entries(bottle.limits)) row(`limits.${key}`, value)
  return rows
}

const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

function showEnv(value: EnvDeclaration): string {
  if (value.kind === 'literal') return value.value
  return value.kind === 'host' ? `from host ${value.hostName}` : value.message ? `asked: ${value.message}` : 'asked'
}

/** `ports 443; GET, POST; paths /v1/*; token from host NAME` */
function showRoute(route: Route): string {
  const methods = [...new Set(route.matches?.flatMap((match) => match.methods ?? []) ?? [])]
  const paths = route.matches?.flatMap((match) => match.paths ?? []) ?? []
  const parts = [
    `ports ${route.ports.join(', ')}`,
    methods.length > 0 ? methods.join(', ') : '',
    paths.length > 0
      ? `paths ${paths.map((path) => (path.type === 'prefix' ? `${path.value}*` : path.value)).join(', ')}`
      : '',
    route.auth ? `${route.auth.scheme} from host ${route.auth.token_ref}` : '',
    route.git?.fetch ? 'git fetch' : '',
  ]
  return parts.filter(Boolean).join('; ')
}
