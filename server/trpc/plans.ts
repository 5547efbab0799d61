import { z } from 'zod'
import { backendName } from '../contract/ids.ts'
import { BOTTLE_COLORS } from '../contract/plan.ts'
import type { LaunchChoice } from '../manifest/request.ts'
import { procedure, router } from './init.ts'

/** Names and the label are judged where they are resolved, by code that can say what would be right. */
const launchChoice = z.strictObject({
  agent: z.string().min(1).max(200),
  bottles: z.array(z.string().min(1).max(200)).max(20).optional(),
  backend: backendName.optional(),
  label: z.string().max(10_000).optional(),
  color: z.enum(BOTTLE_COLORS).optional(),
  workspace: z.strictObject({ path: z.string().max(4096), mode: z.enum(['copy', 'none']) }).optional(),
})

export const plansRouter = router({
  resolve: procedure.input(launchChoice).mutation(({ ctx, input }) => ctx.bottles.resolve(input as LaunchChoice)),
})
