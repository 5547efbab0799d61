import { z } from 'zod'
import { manifestName } from '../contract/ids.ts'
import { procedure, router } from './init.ts'

const workspace = z.string().min(1).max(4096).optional()

export const manifestsRouter = router({
  list: procedure
    .input(z.strictObject({ workspace }).optional())
    .query(({ ctx, input }) => ctx.manifests.list(input?.workspace)),
  get: procedure
    .input(z.strictObject({ kind: z.enum(['agent', 'bottle']), name: manifestName, workspace }))
    .query(({ ctx, input }) => ctx.manifests.get(input.kind, input.name, input.workspace)),
  writeStarter: procedure.mutation(async ({ ctx }) => ({ written: [...(await ctx.manifests.writeStarter())] })),
})
