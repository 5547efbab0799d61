import type { ManifestName } from '../../contract/ids.ts'
import type { FileProblem, GitUser } from '../../contract/manifest.ts'
import { agentSchema } from '../schema/agent.ts'
import { present } from './bottle-file.ts'
import { readFrontmatter } from './frontmatter.ts'
import { problemsOf } from './problems.ts'

/** One agent file, validated. */
export interface AgentFile {
  name: ManifestName
  /** As shown: relative to the home, or to the workspace. */
  file: string
  source: 'home' | 'workspace'
  description: string | null
  bottle: string | null
  skills: readonly string[]
  gitUser: GitUser
  /** The system prompt. */
  prompt: string
  lineOf(path: readonly (string | number)[]): number
}

/** Where an agent file was found. */
export type AgentPlace = Pick<AgentFile, 'name' | 'file' | 'source'>

/** Reads an agent file: the only way to an {@link AgentFile}. */
export function parseAgent(
  place: AgentPlace,
  text: string,
): { agent: AgentFile } | { problems: readonly FileProblem[] } {
  const { data, body, lineOf, problems } = readFrontmatter(place.file, text)
  if (problems.length > 0) return { problems }
  const parsed = agentSchema.safeParse(data)
  if (!parsed.success) {
    const source = { kind: 'agent' as const, file: place.file, schema: agentSchema, data, lineOf }
    return { problems: problemsOf(parsed.error.issues, source) }
  }
  return {
    agent: {
      ...place,
      description: parsed.data.description ?? null,
      bottle: parsed.data.bottle ?? null,
      skills: parsed.data.skills ?? [],
      gitUser: present(parsed.data['git-gate']?.user ?? {}),
      prompt: body,
      lineOf,
    },
  }
}
