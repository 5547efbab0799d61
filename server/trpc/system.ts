import { z } from 'zod'
import { DOCTOR_ACTIONS } from '../contract/views.ts'
import { procedure, router } from './init.ts'

export const systemRouter = router({
  doctor: procedure
    .input(z.strictObject({ fresh: z.boolean().default(false) }).optional())
    .query(({ ctx, input }) => ctx.system.doctor(input?.fresh ?? false)),
  act: procedure
    .input(z.strictObject({ action: z.enum(DOCTOR_ACTIONS) }))
    .mutation(({ ctx, input }) => ctx.system.act(input.action)),
  engine: procedure.query(({ ctx }) => ctx.system.engine()),
  isolation: procedure.query(({ ctx }) => ctx.system.isolation()),
  leftovers: procedure.query(({ ctx }) => ctx.system.leftovers()),
  clean: procedure
    .input(z.strictObject({ ids: z.array(z.string().max(4096)).max(1000), dryRun: z.boolean() }))
    .mutation(({ ctx, input }) => ctx.system.clean(input.ids, input.dryRun)),
})
