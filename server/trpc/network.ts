import { z } from 'zod'
import { bottleSlug } from '../contract/ids.ts'
import { procedure, router } from './init.ts'

/** What went through egress, and what did not. */
export const networkRouter = router({
  /** Newest first. */
  page: procedure
    .input(
      z.strictObject({
        slug: bottleSlug,
        /** `next` of a page, or the id of a request: only what is older. */
        before: z.string().max(40).optional(),
        limit: z.number().int().min(1).max(500).default(100),
        outcome: z.enum(['allowed', 'refused', 'redacted']).optional(),
        host: z.string().max(253).optional(),
      }),
    )
    .query(({ ctx, input: { slug, before, limit, ...filter } }) => ctx.networks.page(slug, { before, limit, filter })),
  summary: procedure
    .input(z.strictObject({ slug: bottleSlug }))
    .query(({ ctx, input }) => ctx.networks.summary(input.slug)),
  /** Proves the boundary now. */
  probe: procedure
    .input(z.strictObject({ slug: bottleSlug }))
    .mutation(({ ctx, input }) => ctx.networks.probe(input.slug)),
  /** Starts egress again after it was left down; the boundary is proved then. */
  restartBundle: procedure
    .input(z.strictObject({ slug: bottleSlug }))
    .mutation(({ ctx, input }) => ctx.networks.restartBundle(input.slug)),
  /** What the last boundary probe saw; null before the first. */
  boundary: procedure
    .input(z.strictObject({ slug: bottleSlug }))
    .query(({ ctx, input }) => ctx.networks.boundary(input.slug)),
})
