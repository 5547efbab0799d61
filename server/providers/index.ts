import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PlanNotice } from '../contract/plan.ts'
import { claudePlanner } from './claude/plan.ts'
import { codexPlanner } from './codex/plan.ts'
import { contribPlanner } from './contrib.ts'
import type { ProviderPlanner } from './plan.ts'
import { shellPlanner } from './shell/plan.ts'

const BUILT_IN: readonly ProviderPlanner[] = [claudePlanner, codexPlanner, shellPlanner]

/**
 * The provider that a bottle names: one of ours, or a folder of the home's `contrib/`.
 *
 * @returns the planner, or what keeps it from being used
 */
export async function findPlanner(template: string, home: string): Promise<ProviderPlanner | PlanNotice> {
  const builtIn = BUILT_IN.find((planner) => planner.name === template)
  if (builtIn) return builtIn
  const contrib = await readdir(join(home, 'contrib')).catch((): string[] => [])
  if (!contrib.includes(template)) {
    const names = [...BUILT_IN.map((planner) => planner.name), ...contrib.sort()].join(', ')
    return {
      code: 'unknown-provider',
      message: `There is no provider named ${template}.`,
      fix: `Choose one of ${names}, or write contrib/${template}/provider.yaml.`,
    }
  }
  try {
    return contribPlanner(template, home, await readFile(join(home, 'contrib', template, 'provider.yaml'), 'utf8'))
  } catch {
    return {
      code: 'invalid-provider',
      message: `contrib/${template}/provider.yaml cannot be read.`,
      fix: 'Write it with at least argv, and a Dockerfile beside it.',
    }
  }
}
