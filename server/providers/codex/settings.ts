import { z } from 'zod'

/** `agent_provider.settings` of Codex. */
export const codexSettings = z.strictObject({
  model: z.string().min(1).max(200).optional(),
  reasoning_effort: z.enum(['minimal', 'low', 'medium', 'high', 'xhigh']).optional(),
  /** The bottle is the boundary; Codex' own sandbox is made of namespaces, which a container may not make. */
  sandbox: z.enum(['danger-full-access', 'workspace-write', 'read-only']).default('danger-full-access'),
  approval: z.enum(['never', 'on-request']).default('never'),
  /** Further arguments, as they are. */
  args: z.array(z.string()).max(100).default([]),
})
