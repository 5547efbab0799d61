import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type ManifestName, manifestName } from '../contract/ids.ts'
import type { AgentEntry, BottleEntry, FileProblem, ManifestList, SkillEntry } from '../contract/manifest.ts'
import { type AskedAt, type BottleLookup, lineage } from './fold/extends.ts'
import { merge } from './fold/merge.ts'
import {
  bottlesOf,
  homeAgentsOf,
  type ManifestFile,
  readAgent,
  WORKSPACE_FOLDER,
  workspaceAgentsOf,
} from './parse/files.ts'
import { readFrontmatter } from './parse/frontmatter.ts'
import { readText } from './parse/read-text.ts'
import { bottleLookup } from './resolve.ts'
import { readSkill } from './skills.ts'
import { hasBottlesFolder } from './workspace.ts'

/**
 * Everything the operator can choose from. A broken file stands beside its own name and hides nothing else.
 *
 * @param workspace absolute path of a repository that may have agents of its own
 */
export async function list(home: string, workspace?: string): Promise<ManifestList> {
  const [agents, bottles, repository, skillNames, find] = await Promise.all([
    homeAgentsOf(home),
    bottlesOf(home),
    workspace ? workspaceAgentsOf(workspace) : { files: [], problems: [] },
    foldersOf(join(home, 'skills')),
    bottleLookup(home),
  ])
  const ours = new Set<string>(agents.files.map((file) => file.name))
  const problems = [...agents.problems, ...bottles.problems, ...repository.problems]
  if (workspace && (await hasBottlesFolder(workspace))) {
    problems.push({
      file: `${WORKSPACE_FOLDER}/bottles/`,
      path: '',
      message: 'The workspace has a folder of bottles. It is ignored: a repository cannot declare its own boundary.',
      fix: 'Copy what you trust into bottles/ of the home.',
      severity: 'warning',
    })
  }
  const entries = await Promise.all([
    ...agents.files.map((file) => agentEntry(file, home, find, null)),
    ...repository.files.map((file) => agentEntry(file, home, find, { workspace: workspace!, ours })),
  ])
  return {
    home,
    empty: agents.files.length === 0 && bottles.files.length === 0,
    agents: entries,
    bottles: await Promise.all(bottles.files.map((file) => bottleEntry(file, home, find))),
    skills: await Promise.all(skillNames.map((name) => skillEntry(home, name))),
    problems,
  }
}

/** A bottle with its parents: what it comes to, and what is wrong with any of the files. */
export async function folded(name: string, home: string, find: BottleLookup, asked: AskedAt) {
  const line = await lineage([name], find, asked)
  const merged = merge(line.files, home)
  // With a parent missing, fields that it would bring are missing too: only the first cause is told.
  const problems = line.problems.length > 0 ? line.problems : merged.problems
  return { files: line.files, merged, problems, warnings: line.files.flatMap((file) => file.warnings) }
}

async function agentEntry(
  file: ManifestFile,
  home: string,
  find: BottleLookup,
  repository: { workspace: string; ours: ReadonlySet<string> } | null,
): Promise<AgentEntry> {
  const { name, source } = file
  const empty = { name, file: file.file, source, description: null, bottle: null, provider: null, skills: [] }
  const shadowed: FileProblem[] = repository?.ours.has(name)
    ? [
        {
          file: file.file,
          path: '',
          message: `The home has an agent ${name} too (agents/${name}.md), and that one is used.`,
          fix: 'Rename one of them to be able to choose.',
          severity: 'warning',
        },
      ]
    : []
  const read = await readAgent(file, repository?.workspace)
  if ('problems' in read) return { ...empty, problems: [...read.problems, ...shadowed] }
  const { agent } = read
  const [bottle, skills] = await Promise.all([
    agent.bottle
      ? folded(agent.bottle, home, find, { file: file.file, path: 'bottle', line: () => agent.lineOf(['bottle']) })
      : null,
    Promise.all(agent.skills.map((skill) => readSkill(home, skill))),
  ])
  const missing = skills.flatMap((skill, index): FileProblem[] => {
    if (!('code' in skill)) return []
    const { message, fix } = skill
    return [
      {
        file: file.file,
        line: agent.lineOf(['skills', index]),
        path: `skills[${index}]`,
        message,
        fix,
        severity: 'error',
      },
    ]
  })
  const broken = bottle?.problems.length
  return {
    ...empty,
    description: agent.description,
    bottle: agent.bottle ? manifestName.parse(agent.bottle) : null,
    provider: bottle && !broken ? bottle.merged.bottle.template : null,
    skills: agent.skills,
    problems: [...(bottle?.problems ?? []), ...missing, ...shadowed],
  }
}

async function bottleEntry(file: ManifestFile, home: string, find: BottleLookup): Promise<BottleEntry> {
  const { files, merged, problems, warnings } = await folded(file.name, home, find, { file: file.file, path: '' })
  const own = files.find((each) => each.name === file.name)
  const broken = problems.length > 0
  return {
    name: file.name,
    file: file.file,
    extends: (own?.extends ?? []) as readonly ManifestName[],
    provider: broken ? null : merged.bottle.template,
    routes: broken ? 0 : merged.bottle.egress.routes.length,
    problems: [...problems, ...warnings.filter((each) => each.file === file.file)],
  }
}

async function skillEntry(home: string, name: string): Promise<SkillEntry> {
  const shown = `skills/${name}`
  const [skill, text] = await Promise.all([
    readSkill(home, name),
    readText(join(home, shown, 'SKILL.md'), `${shown}/SKILL.md`),
  ])
  const data = 'text' in text ? readFrontmatter(`${shown}/SKILL.md`, text.text).data : {}
  const description = typeof data === 'object' && data !== null && 'description' in data ? data.description : null
  const problems: FileProblem[] =
    'code' in skill
      ? [{ file: `${shown}/SKILL.md`, path: '', message: skill.message, fix: skill.fix, severity: 'error' }]
      : []
  return { name, folder: shown, description: typeof description === 'string' ? description : null, problems }
}

const foldersOf = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { withFileTypes: true }).catch(() => []))
    .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort()
