import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sha256 } from '../contract/ids.ts'
import type { SkillPlan } from '../contract/plan.ts'
import { digestFolder, FolderRefusedError } from '../lib/folder-digest.ts'

/** A skill is text and small scripts. These keep a plan quick and a forgotten `node_modules` out of a bottle. */
const LIMITS = { maxFiles: 2_000, maxBytes: 50 * 1024 * 1024, links: 'refuse' } as const

export type Skill = SkillPlan & {
  /** Absolute path on the host. */
  folder: string
}

/** Why a skill cannot be used. */
export interface SkillProblem {
  code: 'missing-skill' | 'unsafe-skill' | 'unreadable-skill'
  message: string
  fix: string
}

/** Reads a skill's folder: `skills/<name>/` of the home, with a `SKILL.md`. */
export async function readSkill(home: string, name: string): Promise<Skill | SkillProblem> {
  const folder = join(home, 'skills', name)
  const hasEntry = await stat(join(folder, 'SKILL.md')).then(
    (stats) => stats.isFile(),
    () => false,
  )
  if (!hasEntry) {
    const message = `The skill ${name} is not there: skills/${name}/SKILL.md is missing.`
    return { code: 'missing-skill', message, fix: `Write it, or remove ${name} from the agent’s skills.` }
  }
  try {
    const { digest, files, bytes } = await digestFolder(folder, LIMITS)
    return { name, folder, digest: digest as Sha256, files, bytes }
  } catch (error) {
    if (error instanceof FolderRefusedError) {
      return { code: 'unsafe-skill', message: `The skill ${name} ${error.message}`, fix: error.fix }
    }
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    const message = `The skill ${name} cannot be read (${code}).`
    return { code: 'unreadable-skill', message, fix: 'Make its files readable for you.' }
  }
}
