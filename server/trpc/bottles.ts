import { z } from 'zod'
import { bottleSlug, planId, sha256 } from '../contract/ids.ts'
import { procedure, router } from './init.ts'

const bySlug = z.strictObject({ slug: bottleSlug })

export const bottlesRouter = router({
  launch: procedure
    .input(
      z.strictObject({
        planId,
        digest: sha256,
        /** Values of the variables that the plan marks `asked`, by name. */
        secrets: z.record(z.string().max(256), z.string().max(64 * 1024)).default({}),
      }),
    )
    .mutation(({ ctx, input }) => ctx.bottles.launch(input)),
  list: procedure.query(({ ctx }) => ctx.bottles.list()),
  get: procedure.input(bySlug).query(({ ctx, input }) => ctx.bottles.get(input.slug)),
  cancel: procedure.input(bySlug).mutation(({ ctx, input }) => ctx.bottles.cancel(input.slug)),
  stop: procedure.input(bySlug).mutation(({ ctx, input }) => ctx.bottles.stop(input.slug)),
  /** Keeps the bottle's files for a resume. (Closing its egress is `routes.freeze`.) */
  freeze: procedure.input(bySlug).mutation(({ ctx, input }) => ctx.bottles.freeze(input.slug)),
  /** The plan by which it runs once more; confirmed by `launch`, as any other. */
  resume: procedure.input(bySlug).mutation(({ ctx, input }) => ctx.bottles.resume(input.slug)),
  remove: procedure.input(bySlug).mutation(({ ctx, input }) => ctx.bottles.remove(input.slug)),
  openShell: procedure
    .input(
      z.strictObject({
        slug: bottleSlug,
        cols: z.number().int().min(2).max(1000),
        rows: z.number().int().min(1).max(500),
      }),
    )
    .mutation(({ ctx, input: { slug, ...size } }) => ctx.bottles.openShell(slug, size)),
})
