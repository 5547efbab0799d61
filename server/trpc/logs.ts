import { z } from 'zod'
import { bottleSlug } from '../contract/ids.ts'
import { procedure, router } from './init.ts'

export const logsRouter = router({
  page: procedure
    .input(
      z.strictObject({
        slug: bottleSlug,
        /** Number of the first line wanted, from 1. */
        from: z.number().int().min(1),
        count: z.number().int().min(1).max(2000),
      }),
    )
    .query(({ ctx, input }) => ctx.logs.page(input.slug, input.from, input.count)),
  /** Every mark of the log and none of its lines, so that a page can place and fold steps before it has drawn them. */
  outline: procedure
    .input(z.strictObject({ slug: bottleSlug }))
    .query(({ ctx, input }) => ctx.logs.outline(input.slug)),
  search: procedure
    .input(
      z.strictObject({
        slug: bottleSlug,
        query: z.string().min(1).max(500),
        caseSensitive: z.boolean().default(false),
      }),
    )
    .query(({ ctx, input: { slug, query, caseSensitive } }) => ctx.logs.search(slug, query, { caseSensitive })),
})
