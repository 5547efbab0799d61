import { z } from 'zod'
import { bottleSlug } from '../contract/ids.ts'
import { procedure, router } from './init.ts'

const edit = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('text'), text: z.string().max(256 * 1024) }),
  z.strictObject({
    kind: z.literal('allow'),
    host: z.string().min(1).max(253),
    port: z.number().int().min(1).max(65535),
    methods: z.array(z.string().min(1).max(20)).min(1).max(20),
    path: z.strictObject({ type: z.enum(['exact', 'prefix']), value: z.string().min(1).max(2048) }),
  }),
])
const digest = z.string().regex(/^[0-9a-f]{12}$/)
const bottle = z.string().min(1).max(64)
const manifest = z.strictObject({ bottle, digest: z.string().regex(/^[0-9a-f]{64}$/) }).optional()

/** The routes of a running bottle. */
export const routesRouter = router({
  get: procedure.input(z.strictObject({ slug: bottleSlug })).query(({ ctx, input }) => ctx.networks.routes(input.slug)),
  /** What an edit would do to the bottle and, with `bottle`, to that bottle file. A mutation only because of its size. */
  preview: procedure
    .input(z.strictObject({ slug: bottleSlug, edit, bottle: bottle.optional() }))
    .mutation(({ ctx, input }) => ctx.networks.preview(input.slug, input.edit, input.bottle)),
  update: procedure
    .input(z.strictObject({ slug: bottleSlug, digest, edit, manifest }))
    .mutation(({ ctx, input }) => ctx.networks.update(input)),
  /** `update` for one refused request: the least that lets it through, on the routes as they are now. */
  allow: procedure
    .input(edit.options[1].omit({ kind: true }).extend({ slug: bottleSlug, manifest }))
    .mutation(async ({ ctx, input: { slug, manifest, ...request } }) => {
      const { digest } = await ctx.networks.routes(slug)
      return ctx.networks.update({ slug, digest, edit: { kind: 'allow', ...request }, manifest })
    }),
  /** Whether the operator closed all egress, which holds for bottles that are launched from now on, too. */
  allFrozen: procedure.query(({ ctx }) => ctx.networks.allFrozen),
  /** Closes or opens all egress; `null` is every bottle that is up, and those that are launched from now on. */
  freeze: procedure
    .input(z.strictObject({ slug: bottleSlug.nullable(), frozen: z.boolean() }))
    .mutation(({ ctx, input }) => ctx.networks.freeze(input.slug, input.frozen)),
})
