import type { CommonPlan } from '../contract/plan.ts'
import { GUEST_HOME } from '../providers/guest.ts'

/**
 * Variables of the guest that the plan may show: literal ones and the provider's, over what every terminal needs.
 * @param boundary what the boundary itself needs; nothing overrides it
 */
export const plainEnv = (plan: CommonPlan, boundary: Readonly<Record<string, string>>): Record<string, string> => ({
  HOME: GUEST_HOME,
  TERM: 'xterm-256color',
  COLORTERM: 'truecolor',
  LANG: 'C.UTF-8',
  ...Object.fromEntries(
    plan.env.flatMap((variable) => ('value' in variable ? [[variable.name, variable.value] as const] : [])),
  ),
  ...boundary,
})
