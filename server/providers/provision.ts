import type { CommonPlan } from '../contract/plan.ts'
import { claudeFiles } from './claude/provision.ts'
import { codexFiles } from './codex/provision.ts'
import type { GuestFile } from './guest-file.ts'

/** Settings with which a provider's program starts at once: its first questions are settled by the bottle. */
type ProviderFiles = (plan: CommonPlan) => readonly GuestFile[]

const FILES: ReadonlyMap<string, ProviderFiles> = new Map([
  ['claude', claudeFiles],
  ['codex', codexFiles],
])

/** What the plan's provider wants in the guest besides prompt and skills. Pure: the backend does the writing. */
export const providerFiles: ProviderFiles = (plan) => FILES.get(plan.provider.name)?.(plan) ?? []
