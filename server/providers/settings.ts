import type { z } from 'zod'
import type { PlanNotice } from '../contract/plan.ts'

/**
 * Validates `agent_provider.settings`.
 *
 * @returns the settings with defaults; where they are wrong, the defaults alone and a blocker for each mistake
 */
export function readSettings<S extends z.ZodType<Record<string, unknown>>>(
  provider: string,
  schema: S,
  settings: Readonly<Record<string, unknown>>,
): { settings: z.infer<S>; blockers: PlanNotice[] } {
  const parsed = schema.safeParse(settings)
  if (parsed.success) return { settings: parsed.data, blockers: [] }
  const allowed = 'shape' in schema ? Object.keys(schema.shape as object).join(', ') : ''
  const blockers = parsed.error.issues.map((issue): PlanNotice => {
    const place = ['agent_provider.settings', ...issue.path].map(String).join('.')
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : null
    return {
      code: 'invalid-settings',
      message: unknown
        ? `${provider} knows no setting ${unknown} (${place}).`
        : `${place} does not fit: ${issue.message}.`,
      fix: `Allowed for ${provider}: ${allowed}.`,
    }
  })
  return { settings: schema.parse({}), blockers }
}
