import { createHash } from 'node:crypto'
import { type BottleSlug, type ManifestName, manifestName, type PlanId, type Sha256 } from '../contract/ids.ts'
import type { FileProblem } from '../contract/manifest.ts'
import type { PlanNotice } from '../contract/plan.ts'
import { BadInputError, ManifestError, UnknownAgentError } from '../errors.ts'
import { type BottleLookup, lineage } from './fold/extends.ts'
import { merge } from './fold/merge.ts'
import { readLabel } from './label.ts'
import type { AgentFile } from './parse/agent-file.ts'
import {
  bottlesOf,
  homeAgentsOf,
  type ManifestFile,
  readAgent,
  readBottle,
  WORKSPACE_FOLDER,
  workspaceAgentsOf,
} from './parse/files.ts'
import type { LaunchChoice, ResolvedRequest } from './request.ts'
import { readSkill, type Skill } from './skills.ts'
import { nameRun } from './slug.ts'
import { hasBottlesFolder, workspaceProblem } from './workspace.ts'

/** What a request depends on besides files and choice, so that the same inputs give the same request. */
export interface ResolveInputs {
  /** Absolute path of the operator's home. */
  home: string
  /** Epoch milliseconds. */
  now: number
  planId: PlanId
  /** Five of `[a-z0-9]`, drawn once for each plan. */
  draw: string
  /** Slugs of every bottle that is known. */
  taken: ReadonlySet<string>
  /** When the plan is resolved again: the slug it had. Kept unless it was taken meanwhile. */
  slug?: BottleSlug
}

/**
 * Station 1 of a launch: reads the files that a choice names, validates and folds them.
 * Reads files and nothing else; a file that is not part of this launch is not even opened.
 *
 * @throws UnknownAgentError, BadInputError (label, no bottle), ManifestError with every problem of the files involved
 */
export async function resolve(choice: LaunchChoice, inputs: ResolveInputs): Promise<ResolvedRequest> {
  const { home } = inputs
  const label = readLabel(choice.label)
  const workspace = { path: choice.workspace?.path ?? '', mode: choice.workspace?.mode ?? ('none' as const) }
  const placed = workspace.path ? await workspaceProblem(workspace.path, home) : null
  const { agent, warnings } = await findAgent(choice.agent, home, placed ? '' : workspace.path)

  const chosen = choice.bottles && choice.bottles.length > 0 ? choice.bottles : agent.bottle ? [agent.bottle] : []
  if (chosen.length === 0) {
    throw new BadInputError(
      `The agent ${agent.name} names no bottle. Choose one for this launch, or add bottle: to ${agent.file}.`,
    )
  }
  const asked = choice.bottles?.length
    ? { file: 'the launch', path: 'bottles' }
    : { file: agent.file, path: 'bottle', line: () => agent.lineOf(['bottle']) }
  const line = await lineage(chosen, await bottleLookup(home), asked)
  const merged = merge(line.files, home)
  const problems: FileProblem[] = [...line.problems, ...merged.problems]
  if (problems.length > 0) throw new ManifestError(problems)

  const read = await Promise.all(agent.skills.map((name) => readSkill(home, name)))
  const blockers: PlanNotice[] = read.filter((each) => 'code' in each)
  if (placed) blockers.push(placed)
  if (workspace.mode === 'copy' && !workspace.path) {
    blockers.push({
      code: 'workspace-missing',
      message: 'No workspace is chosen to copy.',
      fix: 'Choose a folder, or none.',
    })
  }
  for (const doubt of line.files.flatMap((file) => file.warnings)) {
    warnings.push({ code: 'manifest-doubt', message: `${doubt.file}: ${doubt.message}`, fix: doubt.fix })
  }

  return {
    planId: inputs.planId,
    resolvedAt: inputs.now,
    slug: nameRun({
      agent: agent.name,
      label,
      draw: inputs.draw,
      taken: inputs.taken,
      ...(inputs.slug && { before: inputs.slug }),
    }),
    backend: choice.backend ?? 'docker',
    agent: { name: agent.name, file: agent.file, source: agent.source },
    bottles: chosen.map((name) => manifestName.parse(name)),
    bottle: { ...merged.bottle, gitUser: { ...merged.bottle.gitUser, ...agent.gitUser } },
    skills: read.filter((each): each is Skill => 'digest' in each),
    prompt: { text: agent.prompt, digest: createHash('sha256').update(agent.prompt).digest('hex') as Sha256 },
    workspace,
    label,
    color: choice.color ?? null,
    blockers,
    warnings,
  }
}

/** Reads bottle files by name, each at most once. */
export async function bottleLookup(home: string): Promise<BottleLookup> {
  const { files } = await bottlesOf(home)
  const byName = new Map<string, ManifestFile>(files.map((file) => [file.name, file]))
  const reads = new Map<string, ReturnType<typeof readBottle>>()
  return async (name) => {
    const file = byName.get(name)
    if (!file) return null
    const read = reads.get(name) ?? readBottle(file)
    reads.set(name, read)
    return read
  }
}

async function findAgent(
  name: string,
  home: string,
  workspace: string,
): Promise<{ agent: AgentFile; warnings: PlanNotice[] }> {
  const [ours, theirs] = await Promise.all([homeAgentsOf(home), workspace ? workspaceAgentsOf(workspace) : null])
  const found = ours.files.find((file) => file.name === name)
  const other = theirs?.files.find((file) => file.name === name)
  const file = found ?? other
  if (!file) {
    const known: ManifestName[] = [...ours.files, ...(theirs?.files ?? [])].map((each) => each.name)
    throw new UnknownAgentError(name, [...new Set(known)].sort())
  }
  const read = await readAgent(file, workspace)
  if ('problems' in read) throw new ManifestError(read.problems)
  const warnings: PlanNotice[] = []
  if (found && other) {
    warnings.push({
      code: 'agent-shadowed',
      message: `The workspace has an agent ${name} too (${other.file}); the one of the home is used.`,
      fix: 'Rename one of them to be able to choose.',
    })
  }
  if (workspace && (await hasBottlesFolder(workspace))) {
    warnings.push({
      code: 'workspace-bottles-ignored',
      message: `The workspace has ${WORKSPACE_FOLDER}/bottles/, which is ignored: a repository cannot declare its own boundary.`,
      fix: 'Copy what you trust into bottles/ of the home.',
    })
  }
  return { agent: read.agent, warnings }
}
