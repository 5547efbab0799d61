import { z } from 'zod'
import { bottleSlug, shareId } from '../contract/ids.ts'
import { procedure, router } from './init.ts'

const line = z.number().int().min(1).optional()

export const sharesRouter = router({
  create: procedure
    .input(
      z.strictObject({
        slug: bottleSlug,
        kind: z.enum(['log', 'terminal']),
        fromLine: line,
        toLine: line,
        /** At most 90 days. */
        expiresInHours: z
          .number()
          .positive()
          .max(24 * 90),
      }),
    )
    .mutation(({ ctx, input: { fromLine = null, toLine = null, ...request } }) =>
      ctx.shares.create({ ...request, fromLine, toLine }),
    ),
  list: procedure
    .input(z.strictObject({ slug: bottleSlug.optional() }).optional())
    .query(({ ctx, input }) => ctx.shares.list(input?.slug)),
  revoke: procedure.input(z.strictObject({ id: shareId })).mutation(({ ctx, input }) => ctx.shares.revoke(input.id)),
  /** For the page of a shared link; whoever knows the token may ask. */
  view: procedure
    .input(z.strictObject({ token: z.string().min(1).max(200) }))
    .query(({ ctx, input }) => ctx.shares.view(input.token)),
})
